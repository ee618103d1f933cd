// What CloudFormation's own validation found. Source: CloudFormation API reference,
// "DescribeEvents".
#include "stacks/cloudformation.hh"

namespace mainstay::stacks {
namespace {

constexpr aws::Pages finding_pages{"DescribeEvents", "OperationEvents", "NextToken", "NextToken"};

}  // namespace

Result<std::vector<std::string>> CloudFormation::validation_findings(
    const std::string& change_set) const {
  TRY(List events, client_->list("cloudformation", finding_pages,
                                 Value::map({{"ChangeSetName", change_set}}), region_));
  std::vector<std::string> findings;
  for (const Value& event : events) {
    if (event["EventType"].as_string() != "VALIDATION_ERROR") continue;
    std::string path = event["ValidationPath"].as_string();
    findings.push_back(event["LogicalResourceId"].as_string() + (path.empty() ? "" : " " + path) +
                       ": " + event["ValidationStatusReason"].as_string() + " (" +
                       event["ValidationName"].as_string() + ", " +
                       event["ValidationFailureMode"].as_string() + ")");
  }
  return findings;
}

Result<std::vector<StackEvent>> CloudFormation::invalid_resources(
    const std::string& operation) const {
  TRY(List all, client_->list("cloudformation", finding_pages,
                              Value::map({{"OperationId", operation}}), region_));
  std::vector<StackEvent> events;
  for (const Value& v : all) {
    if (v["EventType"].as_string() != "VALIDATION_ERROR") continue;
    StackEvent event;
    event.id = v["EventId"].as_string();
    event.logical_id = v["LogicalResourceId"].as_string();
    event.type = v["ResourceType"].as_string();
    event.status = "VALIDATION_FAILED";
    event.reason = v["ValidationStatusReason"].as_string();
    event.time = v["Timestamp"].as_time();
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace mainstay::stacks
