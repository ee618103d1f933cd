// Operations that look at stacks, their resources and their events.
#include <algorithm>

#include "base/json.hh"
#include "cloud/paging.hh"
#include "formation/drift.hh"
#include "formation/exports.hh"
#include "formation/handlers.hh"
#include "formation/records.hh"

namespace mainstay::formation {
namespace {

constexpr size_t page_size = 100;

Error bad_token() {
  return validation_error("Invalid NextToken");
}

Value without_internals(const Value& document) {
  Value out = Value::map({});
  for (const auto& [name, value] : document.members())
    if (!name.starts_with("_")) out.set(name, value);
  return out;
}

// What there is none of is left out (recorded answers); what belongs to stacks that are there is
// not shown of those that are gone.
Value shown_stack(const Value& stack) {
  Value out = without_internals(stack);
  for (const char* member : {"Outputs", "Parameters", "Capabilities"})
    if (out[member].empty()) out.erase(member);
  if (out["StackStatus"].as_string() == "DELETE_COMPLETE") out.erase("EnableTerminationProtection");
  return out;
}

// Some operations have words of their own for a stack that is not there.
Result<Value> find_stack_or(const Call& call, const std::string& name, const char* before,
                            const char* after) {
  auto found = find_stack(call, name);
  if (found.has_value()) return found;
  return validation_error(before + name + after);
}

Value pick(const Value& from, std::initializer_list<const char*> members) {
  Value out = Value::map({});
  for (const char* m : members)
    if (from.has(m)) out.set(m, from[m]);
  return out;
}

Result<Value> answer_page(const Value& in, List items, const char* member,
                          const std::function<std::string(const Value&)>& key) {
  TRY(cloud::Page page,
      cloud::paginate(std::move(items), key, in["NextToken"].as_string(), page_size, bad_token()));
  for (Value& item : page.items) item = without_internals(item);
  Value out = Value::map({{member, Value(std::move(page.items))}});
  if (!page.next.empty()) out.set("NextToken", page.next);
  return out;
}

// Newest first, as CloudFormation lists them; the key keeps that order in tokens.
std::string newest_first(const Value& stack) {
  std::string digits = std::to_string(INT64_MAX - stack["CreationTime"].as_time().ms);
  return digits + stack["StackId"].as_string();
}

List stacks_where(const Call& call, const std::function<bool(const Value&)>& wanted) {
  std::vector<std::pair<std::string, const Value*>> found;
  for (const auto& [id, stack] : call.all("stack"))
    if (wanted(stack)) found.emplace_back(newest_first(stack), &stack);
  std::sort(found.begin(), found.end());
  List out;
  for (const auto& [key, stack] : found) out.push_back(*stack);
  return out;
}

Value drift_of(const Call& call, const Value& stack, const Value& r) {
  Value known = known_drift(call, r, uuid_of(stack["StackId"].as_string()));
  if (known.is_null()) return Value::map({{"StackResourceDriftStatus", "NOT_CHECKED"}});
  return Value::map({{"StackResourceDriftStatus", known["StackResourceDriftStatus"]},
                     {"LastCheckTimestamp", known["Timestamp"]}});
}

Value resource_of(const Call& call, const Value& stack, const Value& r) {
  return pick(r, {"LogicalResourceId", "PhysicalResourceId", "ResourceType", "ResourceStatus",
                  "ResourceStatusReason"})
      .set("StackName", stack["StackName"])
      .set("StackId", stack["StackId"])
      .set("Timestamp", r["LastUpdatedTimestamp"])
      .set("DriftInformation", drift_of(call, stack, r));
}

}  // namespace

Result<Value> describe_stacks(Call& call, const Value& in) {
  List stacks;
  if (in.has("StackName")) {
    TRY(Value stack, find_stack(call, in["StackName"].as_string()));
    stacks.push_back(std::move(stack));
  } else {
    stacks = stacks_where(
        call, [](const Value& s) { return s["StackStatus"].as_string() != "DELETE_COMPLETE"; });
  }
  for (Value& stack : stacks) stack = shown_stack(stack);
  return answer_page(in, std::move(stacks), "Stacks", newest_first);
}

Result<Value> list_stacks(Call& call, const Value& in) {
  const List& wanted = in["StackStatusFilter"].items();
  List stacks = stacks_where(call, [&](const Value& s) {
    return wanted.empty() ||
           std::find(wanted.begin(), wanted.end(), s["StackStatus"]) != wanted.end();
  });
  for (Value& stack : stacks) {
    Value summary =
        pick(stack, {"StackId", "StackName", "CreationTime", "LastUpdatedTime", "DeletionTime",
                     "StackStatus", "StackStatusReason", "ParentId", "RootId", "DriftInformation"});
    if (stack.has("Description")) summary.set("TemplateDescription", stack["Description"]);
    stack = std::move(summary);
  }
  return answer_page(in, std::move(stacks), "StackSummaries", newest_first);
}

// Newest first. The token is the number of the page's first event, so a page costs what it shows.
Result<Value> describe_stack_events(Call& call, const Value& in) {
  if (!in.has("StackName"))
    return validation_error(
        "1 validation error detected: Value null at 'stackName' failed to "
        "satisfy constraint: Member must not be null");
  TRY(Value stack, find_stack_or(call, in["StackName"].as_string(), "Stack [", "] does not exist"));
  std::string prefix = row(uuid_of(stack["StackId"].as_string()), "");
  const auto& events = call.all("event");
  auto it = events.lower_bound(prefix + ":");
  if (in.has("NextToken")) {
    auto position = cloud::read_token(in["NextToken"].as_string());
    if (!position || !position->starts_with(prefix)) return bad_token();
    it = events.upper_bound(*position);
  }
  Value page = Value::list();
  Value out = Value::map({});
  while (it != events.begin()) {
    --it;
    if (!it->first.starts_with(prefix)) break;
    if (page.size() == page_size) {
      out.set("NextToken", cloud::make_token(it->first));
      break;
    }
    page.push_back(without_internals(it->second));
  }
  return out.set("StackEvents", std::move(page));
}

Result<Value> describe_stack_resource(Call& call, const Value& in) {
  TRY(Value stack, find_stack_or(call, in["StackName"].as_string(), "Stack '", "' does not exist"));
  const std::string& id = in["LogicalResourceId"].as_string();
  const Value* r = call.find("resource", row(uuid_of(stack["StackId"].as_string()), id));
  if (!r)
    return validation_error("Resource " + id + " does not exist for stack " +
                            stack["StackName"].as_string());
  Value detail = resource_of(call, stack, *r);
  detail.set("LastUpdatedTimestamp", (*r)["LastUpdatedTimestamp"]);
  detail.erase("Timestamp");
  if (r->has("Metadata")) detail.set("Metadata", to_json((*r)["Metadata"]));
  return Value::map({{"StackResourceDetail", std::move(detail)}});
}

// By stack, or by the physical id of one of its resources.
Result<Value> describe_stack_resources(Call& call, const Value& in) {
  std::string name = in["StackName"].as_string();
  const std::string& physical = in["PhysicalResourceId"].as_string();
  if (name.empty() && !physical.empty()) {
    name = stack_of_physical(call, physical);
    if (name.empty()) return validation_error("Stack for " + physical + " does not exist");
  }
  TRY(Value stack, find_stack(call, name));
  Value out = Value::list();
  for (const Value& r : rows_of(call, "resource", uuid_of(stack["StackId"].as_string())))
    if (!in.has("LogicalResourceId") || r["LogicalResourceId"] == in["LogicalResourceId"])
      out.push_back(resource_of(call, stack, r));
  if (in.has("LogicalResourceId") && out.empty())
    return validation_error("Resource " + in["LogicalResourceId"].as_string() +
                            " does not exist for stack " + stack["StackName"].as_string());
  return Value::map({{"StackResources", std::move(out)}});
}

Result<Value> list_stack_resources(Call& call, const Value& in) {
  TRY(Value stack, find_stack(call, in["StackName"].as_string()));
  List items;
  for (const Value& r : rows_of(call, "resource", uuid_of(stack["StackId"].as_string())))
    items.push_back(pick(r, {"LogicalResourceId", "PhysicalResourceId", "ResourceType",
                             "ResourceStatus", "ResourceStatusReason", "LastUpdatedTimestamp"})
                        .set("DriftInformation", drift_of(call, stack, r)));
  return answer_page(in, std::move(items), "StackResourceSummaries",
                     [](const Value& r) { return r["LogicalResourceId"].as_string(); });
}

Result<Value> list_exports(Call& call, const Value& in) {
  List items;
  for (const auto& [name, value] : call.all("export")) items.push_back(value);
  return answer_page(in, std::move(items), "Exports",
                     [](const Value& e) { return e["Name"].as_string(); });
}

Result<Value> list_imports(Call& call, const Value& in) {
  const std::string& name = in["ExportName"].as_string();
  if (!call.find("export", name)) return validation_error("No export named " + name + " found.");
  auto users = importers_of(call, name);
  if (users.empty()) return validation_error("Export '" + name + "' is not imported by any stack.");
  return Value::map({{"Imports", Value(List(users.begin(), users.end()))}});
}

// "CloudFormation quotas".
Result<Value> describe_account_limits(Call&, const Value&) {
  auto limit = [](const char* name, int value) {
    return Value::map({{"Name", name}, {"Value", value}});
  };
  return Value::map(
      {{"AccountLimits", Value::list({limit("StackLimit", 2000), limit("StackOutputsLimit", 200),
                                      limit("ConcurrentResourcesLimit", 2500)})}});
}

}  // namespace mainstay::formation
