#include "formation/records.hh"

#include <algorithm>

#include "base/json.hh"
#include "cloud/announce.hh"
#include "formation/notification.hh"

namespace mainstay::formation {
namespace {

constexpr size_t number_digits = 12;

std::string numbered(std::string_view uuid, int64_t number) {
  std::string digits = std::to_string(number);
  return row(uuid, std::string(number_digits - digits.size(), '0') + digits);
}

struct Last {
  int64_t number = -1;
  Time at;
};

// Numbers go up by one; the last event of the stack says where they stand.
Last last_event(const Call& call, std::string_view uuid) {
  const auto& events = call.all("event");
  auto it = events.lower_bound(row(uuid, ":"));  // ':' follows the digits
  if (it == events.begin()) return {};
  --it;
  if (!it->first.starts_with(row(uuid, ""))) return {};
  return {std::stoll(it->first.substr(it->first.size() - number_digits)),
          it->second["Timestamp"].as_time()};
}

}  // namespace

std::string uuid_of(std::string_view stack_id) {
  return std::string(stack_id.substr(stack_id.rfind('/') + 1));
}

std::string name_of(std::string_view stack_id) {
  size_t from = stack_id.find('/') + 1;
  return std::string(stack_id.substr(from, stack_id.rfind('/') - from));
}

std::string StackKey::name() const {
  return name_of(id);
}

std::string row(std::string_view uuid, std::string_view rest) {
  return std::string(uuid) + "/" + std::string(rest);
}

Result<Value> find_stack(const Call& call, std::string_view name_or_id) {
  std::string id(name_or_id);
  if (!id.starts_with("arn:"))
    if (const Value* found = call.find("name", id)) id = found->as_string();
  if (const Value* stack = call.find("stack", id)) return *stack;
  return validation_error("Stack with id " + std::string(name_or_id) + " does not exist");
}

std::string stack_of_physical(const Call& call, const std::string& physical_id) {
  auto found = call.find_by("resource", "PhysicalResourceId", physical_id);
  if (found.empty()) return "";
  std::string uuid = found.front().substr(0, found.front().find('/'));
  for (const auto& [id, stack] : call.all("stack"))
    if (id.ends_with("/" + uuid)) return id;
  return "";
}

void put_stack(Call& call, const Value& stack) {
  call.put("stack", stack["StackId"].as_string(), stack);
}

std::vector<Value> rows_of(const Call& call, std::string_view table, std::string_view uuid) {
  std::vector<Value> out;
  std::string prefix = row(uuid, "");
  const auto& rows = call.all(table);
  for (auto it = rows.lower_bound(prefix); it != rows.end() && it->first.starts_with(prefix); ++it)
    out.push_back(it->second);
  return out;
}

void remove_rows(Call& call, std::string_view table, std::string_view uuid) {
  std::vector<std::string> ids;
  std::string prefix = row(uuid, "");
  const auto& rows = call.all(table);
  for (auto it = rows.lower_bound(prefix); it != rows.end() && it->first.starts_with(prefix); ++it)
    ids.push_back(it->first);
  for (const std::string& id : ids) call.remove(table, id);
}

bool is_present(const Value& resource) {
  const std::string& status = resource["ResourceStatus"].as_string();
  return !resource["PhysicalResourceId"].as_string().empty() && status != "DELETE_COMPLETE" &&
         status != "DELETE_SKIPPED";
}

void add_event(Call& call, const Value& stack, Value what) {
  std::string uuid = uuid_of(stack["StackId"].as_string());
  const Last last = last_event(call, uuid);
  // No two at once: clients tell events apart by an id that has the time in it.
  const Time at = std::max(call.now, last.at + 1);
  what.set("StackId", stack["StackId"]).set("StackName", stack["StackName"]).set("Timestamp", at);
  const Value& token = stack["_operation"]["Token"];
  if (!token.is_null()) what.set("ClientRequestToken", token);
  if (const Value& id = stack["_operation"]["Id"]; !id.is_null())
    what.set("OperationId", id).set("_operation_type", stack["_operation"]["Type"]);
  bool of_stack = what["PhysicalResourceId"] == stack["StackId"];
  // What a clean-up does is told less of (recorded on AWS).
  bool cleans_up = stack["StackStatus"].as_string().ends_with("_CLEANUP_IN_PROGRESS");
  if (!of_stack && cleans_up) what.erase("ResourceProperties");
  what.set("EventId", of_stack    ? call.random.uuid()
                      : cleans_up ? what["LogicalResourceId"].as_string() + "-" + call.random.uuid()
                                  : what["LogicalResourceId"].as_string() + "-" +
                                        what["ResourceStatus"].as_string() + "-" +
                                        format_iso8601(at, true));
  publish_event(call, stack, what);
  call.put("event", numbered(uuid, last.number + 1), std::move(what));
}

void set_stack_status(Call& call, Value& stack, std::string_view status, std::string_view reason) {
  stack.set("StackStatus", status);
  stack.erase("StackStatusReason");
  Value event = Value::map({{"LogicalResourceId", stack["StackName"]},
                            {"PhysicalResourceId", stack["StackId"]},
                            {"ResourceType", "AWS::CloudFormation::Stack"},
                            {"ResourceStatus", status}});
  if (!reason.empty()) {
    stack.set("StackStatusReason", reason);
    event.set("ResourceStatusReason", reason);
  }
  stack.erase("DetailedStatus");
  // What was found before it began is why it ends (API reference, Stack, DetailedStatus).
  if (stack["_operation"].has("Invalid") && !status.ends_with("_COMPLETE") && !reason.empty() &&
      reason != "User Initiated") {
    stack.set("DetailedStatus", "VALIDATION_FAILED");
    event.set("DetailedStatus", "VALIDATION_FAILED");
  }
  add_event(call, stack, std::move(event));
  put_stack(call, stack);
  // "CloudFormation event details", CloudFormation user guide.
  cloud::announce(
      call, {.source = "aws.cloudformation",
             .detail_type = "CloudFormation Stack Status Change",
             .resource = stack["StackId"].as_string(),
             .detail = Value::map(
                 {{"stack-id", stack["StackId"]},
                  {"status-details", Value::map({{"status", status}, {"status-reason", reason}})},
                  {"client-request-token", stack["_operation"]["Token"].as_string()}}),
             .lane = stack["StackId"].as_string()});
}

void set_resource_status(Call& call, const Value& stack, Value& resource, std::string_view status,
                         std::string_view reason) {
  resource.set("ResourceStatus", status).set("LastUpdatedTimestamp", call.now);
  resource.erase("ResourceStatusReason");
  if (!reason.empty()) resource.set("ResourceStatusReason", reason);
  Value event = Value::map({});
  for (const char* member : {"LogicalResourceId", "PhysicalResourceId", "ResourceType",
                             "ResourceStatus", "ResourceStatusReason"})
    if (resource.has(member)) event.set(member, resource[member]);
  // An update is announced with what the resource is to be (recorded on AWS).
  for (const char* properties : {"_announced", "_shown", "Properties"})
    if (resource.has(properties) && !resource[properties].is_null()) {
      event.set("ResourceProperties", to_json(resource[properties]));
      break;
    }
  resource.erase("_announced");
  add_event(call, stack, std::move(event));
  call.put("resource",
           row(uuid_of(stack["StackId"].as_string()), resource["LogicalResourceId"].as_string()),
           resource);
}

bool in_progress(const Value& stack) {
  const std::string& status = stack["StackStatus"].as_string();
  return status.ends_with("_IN_PROGRESS") && status != "REVIEW_IN_PROGRESS";
}

Error validation_error(std::string message) {
  return aws_error("ValidationError", std::move(message));
}

cloud::Caller to_caller(const Value& v) {
  cloud::Caller c = cloud::Caller::from_value(v);
  c.via = {"cloudformation.amazonaws.com"};
  return c;
}

}  // namespace mainstay::formation
