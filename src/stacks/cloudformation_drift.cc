// Drift detection. Source: CloudFormation API reference, "DetectStackDrift",
// "DescribeStackDriftDetectionStatus", "DescribeStackResourceDrifts".
#include <algorithm>

#include "stacks/cloudformation.hh"

namespace mainstay::stacks {
namespace {

ResourceDrift drift_of_resource(const Value& v) {
  ResourceDrift drift{v["LogicalResourceId"].as_string(),
                      v["PhysicalResourceId"].as_string(),
                      v["ResourceType"].as_string(),
                      v["StackResourceDriftStatus"].as_string(),
                      {}};
  for (const Value& d : v["PropertyDifferences"].items())
    drift.differences.push_back({d["PropertyPath"].as_string(), d["ExpectedValue"].to_text(),
                                 d["ActualValue"].to_text(), d["DifferenceType"].as_string()});
  return drift;
}

}  // namespace

Result<std::string> CloudFormation::detect_drift(const std::string& id) const {
  TRY(Value answer, call("DetectStackDrift", Value::map({{"StackName", id}})));
  return answer["StackDriftDetectionId"].as_string();
}

Result<StackDrift> CloudFormation::drift_found(const std::string& detection, Clock& clock,
                                               std::stop_token stop) const {
  constexpr int64_t first_wait_ms = 20, wait_ms_max = 5'000, patience_ms = 30 * 60'000;
  int64_t wait_ms = first_wait_ms, deadline_ms = clock.monotonic_ms() + patience_ms;
  const Value by_id = Value::map({{"StackDriftDetectionId", detection}});
  while (true) {
    TRY(Value now, call("DescribeStackDriftDetectionStatus", by_id));
    const std::string& status = now["DetectionStatus"].as_string();
    if (status == "DETECTION_FAILED")
      return Error("DriftUnknown", "drift could not be detected for all resources: " +
                                       now["DetectionStatusReason"].as_string());
    if (status == "DETECTION_COMPLETE") return drifts(now);
    if (clock.monotonic_ms() > deadline_ms)
      return Error("WaitTimeout", "drift detection was not ready after 30 minutes");
    if (!clock.sleep_ms(wait_ms, stop))
      return Error("Interrupted", "interrupted while drift was being detected");
    wait_ms = std::min(wait_ms * 2, wait_ms_max);
  }
}

Result<StackDrift> CloudFormation::drifts(const Value& detection) const {
  StackDrift drift;
  drift.status = detection["StackDriftStatus"].as_string();
  constexpr aws::Pages pages{"DescribeStackResourceDrifts", "StackResourceDrifts", "NextToken",
                             "NextToken"};
  TRY(List all, client_->list("cloudformation", pages,
                              Value::map({{"StackName", detection["StackId"]}}), region_));
  for (const Value& v : all) drift.resources.push_back(drift_of_resource(v));
  return drift;
}

}  // namespace mainstay::stacks
