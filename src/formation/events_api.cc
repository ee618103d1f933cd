// DescribeEvents: the events of stacks by the operations that they belong to.
#include "cloud/paging.hh"
#include "formation/handlers.hh"
#include "formation/records.hh"
#include "formation/requests.hh"

namespace mainstay::formation {
namespace {

constexpr size_t events_per_page = 100;

bool is_failed(const Value& event) {
  return event["ResourceStatus"].as_string().ends_with("_FAILED");
}

// Of an event that tells of the stack itself: where its operation is by then.
const char* operation_status(const std::string& status) {
  if (status.ends_with("_IN_PROGRESS")) return "IN_PROGRESS";
  return status.ends_with("_FAILED") || status.contains("ROLLBACK_COMPLETE") ? "FAILED"
                                                                             : "SUCCEEDED";
}

Value shown_event(const Value& event) {
  Value out = Value::map({});
  for (const char* member :
       {"EventId", "StackId", "OperationId", "LogicalResourceId", "PhysicalResourceId",
        "ResourceType", "Timestamp", "ResourceStatus", "ResourceStatusReason", "ResourceProperties",
        "ClientRequestToken", "DetailedStatus"})
    if (event.has(member)) out.set(member, event[member]);
  if (!event["_operation_type"].is_null()) out.set("OperationType", event["_operation_type"]);
  bool of_stack = event["PhysicalResourceId"] == event["StackId"];
  if (of_stack) out.set("OperationStatus", operation_status(event["ResourceStatus"].as_string()));
  return out.set("EventType", of_stack           ? "STACK_EVENT"
                              : is_failed(event) ? "PROVISIONING_ERROR"
                                                 : "PROGRESS_EVENT");
}

Value event_of_finding(Value found, const char* type) {
  std::string id = found["OperationId"].as_string() + "-" + found["LogicalResourceId"].as_string() +
                   "-" + found["ValidationName"].as_string();
  return found.set("EventId", id).set("OperationType", type).set("EventType", "VALIDATION_ERROR");
}

// What was found wrong with a change set before it could be executed.
Value events_of_set(const Value& set) {
  Value out = Value::list();
  for (Value found : set["_findings"].items())
    out.push_back(event_of_finding(found.set("StackId", set["StackId"])
                                       .set("OperationId", set["_operation"]["Id"])
                                       .set("Timestamp", set["CreationTime"]),
                                   "CREATE_CHANGESET"));
  return out;
}

// What was found wrong with an operation before it began; they are failed events, and the first.
Value findings_of(const Call& call, const std::string& uuid, const Value& operation) {
  Value out = Value::list();
  for (const Value& found : rows_of(call, "finding", uuid))
    if (operation.is_null() || found["OperationId"] == operation) {
      auto events = call.find_by("event", "OperationId", found["OperationId"].as_string());
      bool creates = !events.empty() && (*call.find("event", events.front()))["_operation_type"] ==
                                            Value("CREATE_STACK");
      out.push_back(event_of_finding(found, creates ? "CREATE_STACK" : "UPDATE_STACK"));
    }
  return out;
}

// The stack that is meant: by itself, or by the operation, which only one has.
Result<std::string> stack_meant(Call& call, const Value& in) {
  if (in.has("StackName")) {
    TRY(Value stack, find_stack(call, in["StackName"].as_string()));
    return stack["StackId"].as_string();
  }
  if (!in.has("OperationId"))
    return validation_error("One of StackName, ChangeSetName or OperationId must be specified.");
  auto found = call.find_by("event", "OperationId", in["OperationId"].as_string());
  if (found.empty())
    return validation_error("Operation [" + in["OperationId"].as_string() + "] does not exist");
  return (*call.find("event", found.front()))["StackId"].as_string();
}

}  // namespace

// Newest first; the token is the number of the page's last event.
Result<Value> describe_events(Call& call, const Value& in) {
  if (in.has("ChangeSetName")) {
    TRY(Value set, find_change_set(call, in));
    return Value::map({{"OperationEvents", events_of_set(set)}});
  }
  TRY(std::string id, stack_meant(call, in));
  const std::string prefix = row(uuid_of(id), "");
  const auto& events = call.all("event");
  auto it = events.lower_bound(prefix + ":");
  if (in.has("NextToken")) {
    auto position = cloud::read_token(in["NextToken"].as_string());
    if (!position || !position->starts_with(prefix)) return validation_error("Invalid NextToken");
    it = events.lower_bound(*position);
  }
  Value page = Value::list(), out = Value::map({});
  if (!in.has("NextToken")) page = findings_of(call, uuid_of(id), in["OperationId"]);
  std::string last;
  while (it != events.begin()) {
    --it;
    if (!it->first.starts_with(prefix)) break;
    const Value& event = it->second;
    if (in.has("OperationId") && event["OperationId"] != in["OperationId"]) continue;
    if (in["Filters"]["FailedEvents"].as_bool() && !is_failed(event)) continue;
    if (page.size() >= events_per_page && !last.empty()) {
      out.set("NextToken", cloud::make_token(last));
      break;
    }
    page.push_back(shown_event(event));
    last = it->first;
  }
  return out.set("OperationEvents", std::move(page));
}

}  // namespace mainstay::formation
