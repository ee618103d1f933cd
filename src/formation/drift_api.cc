// Operations that detect drift and tell what was found.
#include <algorithm>

#include "cloud/paging.hh"
#include "formation/definition.hh"
#include "formation/drift.hh"
#include "formation/handlers.hh"
#include "formation/requests.hh"

namespace mainstay::formation {
namespace {

constexpr size_t detections_kept = 20;  // of one stack; the oldest go
constexpr size_t page_max = 100;        // DescribeStackResourceDrifts, MaxResults

// User guide, "Considerations when detecting drift".
Status check_detectable(const Value& stack) {
  const std::string& status = stack["StackStatus"].as_string();
  for (const char* good :
       {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED"})
    if (status == good) return {};
  return validation_error("Drift detection cannot be performed on stack [" +
                          stack["StackId"].as_string() + "] while it is in " + status + " state");
}

Result<Value> resource_named(const Call& call, const Value& stack, const std::string& id) {
  const Value* r = call.find("resource", row(uuid_of(stack["StackId"].as_string()), id));
  if (r && is_present(*r)) return *r;
  return validation_error("Resource " + id + " does not exist for stack " +
                          stack["StackName"].as_string());
}

Status make_room(Call& call, const Value& stack) {
  std::vector<std::pair<Time, std::string>> past;
  const std::string& stack_id = stack["StackId"].as_string();
  for (const std::string& id : call.find_by("drift-detection", "StackId", stack_id)) {
    const Value& detection = *call.find("drift-detection", id);
    if (is_running(detection))
      return validation_error("Drift detection is already in progress for stack [" + stack_id +
                              "]");
    past.emplace_back(detection["Timestamp"].as_time(), id);
  }
  std::sort(past.begin(), past.end());
  for (size_t i = 0; i + detections_kept <= past.size(); ++i)
    call.remove("drift-detection", past[i].second);
  return {};
}

}  // namespace

Result<Value> detect_stack_drift(Call& call, const Value& in) {
  TRY(Value stack, find_stack(call, in["StackName"].as_string()));
  CHECK_OK(check_detectable(stack));
  CHECK_OK(make_room(call, stack));
  for (const Value& id : in["LogicalResourceIds"].items())
    CHECK_OK(resource_named(call, stack, id.as_string()));
  std::string id = call.random.uuid();
  call.put("drift-detection", id,
           Value::map({{"StackDriftDetectionId", id},
                       {"StackId", stack["StackId"]},
                       {"DetectionStatus", "DETECTION_IN_PROGRESS"},
                       {"Timestamp", call.now},
                       {"_caller", asker_of(call).caller.to_value()},
                       {"_only", in["LogicalResourceIds"]}}));
  call.after(0, detect_reaction, id);
  return Value::map({{"StackDriftDetectionId", id}});
}

Result<Value> describe_stack_drift_detection_status(Call& call, const Value& in) {
  const std::string& id = in["StackDriftDetectionId"].as_string();
  const Value* found = call.find("drift-detection", id);
  if (!found) return validation_error("Drift detection with id " + id + " does not exist");
  Value out = Value::map({});
  for (const auto& [name, value] : found->members())
    if (!name.starts_with("_")) out.set(name, value);
  return out;
}

// "Resources that haven't yet been checked for drift aren't included."
Result<Value> describe_stack_resource_drifts(Call& call, const Value& in) {
  TRY(Value stack, find_stack(call, in["StackName"].as_string()));
  const List& wanted = in["StackResourceDriftStatusFilters"].items();
  std::string uuid = uuid_of(stack["StackId"].as_string());
  List drifts;
  for (const Value& r : rows_of(call, "resource", uuid)) {
    Value drift = known_drift(call, r, uuid);
    if (drift.is_null()) continue;
    if (wanted.empty() ||
        std::find(wanted.begin(), wanted.end(), drift["StackResourceDriftStatus"]) != wanted.end())
      drifts.push_back(std::move(drift));
  }
  size_t count = in.has("MaxResults") ? static_cast<size_t>(in["MaxResults"].as_int()) : page_max;
  TRY(cloud::Page page,
      cloud::paginate(
          std::move(drifts), [](const Value& d) { return d["LogicalResourceId"].as_string(); },
          in["NextToken"].as_string(), count, validation_error("Invalid NextToken")));
  Value out = Value::map({{"StackResourceDrifts", Value(std::move(page.items))}});
  if (!page.next.empty()) out.set("NextToken", page.next);
  return out;
}

// The check of one resource tells nothing of the others, so the stack's state stays as it is.
Result<Value> detect_stack_resource_drift(Call& call, const Value& in) {
  TRY(Value stack, find_stack(call, in["StackName"].as_string()));
  CHECK_OK(check_detectable(stack));
  TRY(Value resource, resource_named(call, stack, in["LogicalResourceId"].as_string()));
  StackKey key = key_of(call, stack);
  Result<Value> checked = Value();
  call.outside(
      [&] { checked = check_drift(call.cloud, asker_of(call).caller, key, resource, call.now); });
  TRY(Value drift, std::move(checked));
  if (drift.is_null())
    return validation_error("Drift detection is not supported for the specified ResourceType");
  keep_drift(call, key, drift);
  stack.member("DriftInformation").set("LastCheckTimestamp", call.now);
  put_stack(call, stack);
  return Value::map({{"StackResourceDrift", std::move(drift)}});
}

}  // namespace mainstay::formation
