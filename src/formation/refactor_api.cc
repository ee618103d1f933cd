// Stack refactors: made and judged at once, looked at, and carried out (refactor_run.hh).
#include <algorithm>

#include "cloud/paging.hh"
#include "formation/handlers.hh"
#include "formation/provider.hh"
#include "formation/refactor_run.hh"
#include "formation/refactor_stacks.hh"
#include "formation/requests.hh"
#include "formation/transform.hh"

namespace mainstay::formation {
namespace {

constexpr size_t stacks_max = 5;             // user guide, "Stack refactoring"
constexpr size_t refactors_kept = 100;       // of an account and region; the oldest go
constexpr int64_t refactors_per_page = 100;  // ListStackRefactors, MaxResults

Status check_request(const Value& in) {
  const Value& definitions = in["StackDefinitions"];
  if (definitions.empty() || definitions.size() > stacks_max)
    return validation_error("Stack refactoring takes 1 to " + std::to_string(stacks_max) +
                            " stack definitions, not " + std::to_string(definitions.size()));
  std::set<std::string> names;
  for (const Value& d : definitions.items()) {
    const std::string& name = d["StackName"].as_string();
    if (name.empty()) return validation_error("StackName is required in every stack definition");
    if (!names.insert(name.starts_with("arn:") ? name_of(name) : name).second)
      return validation_error("Stack " + name + " has more than one stack definition");
    if (d.has("TemplateBody") == d.has("TemplateURL"))
      return validation_error("Stack definition of " + name +
                              ": either TemplateBody or TemplateURL must be specified");
  }
  return {};
}

// It is updated by what a definition asks for, and with the parameters that it has. The
// capabilities had been asked for when its resources were made.
Value request_of(const Value& definition, const Value& before) {
  Value parameters = Value::list();
  for (const auto& [name, text] : before["Parameters"].members())
    parameters.push_back(Value::map({{"ParameterKey", name}, {"UsePreviousValue", true}}));
  Value out = Value::map(
      {{"StackName", definition["StackName"]},
       {"Parameters", std::move(parameters)},
       {"Capabilities", Value::list({"CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"})}});
  for (const char* member : {"TemplateBody", "TemplateURL"})
    if (definition.has(member)) out.set(member, definition[member]);
  return out;
}

// "Stack refactoring doesn't support stacks that have stack policies attached, regardless of what
// the policies allow or deny" (user guide; the words are ours).
Status check_refactorable(const Value& stack) {
  CHECK_OK(check_updatable(stack));
  const std::string& id = stack["StackId"].as_string();
  if (stack["StackStatus"].as_string() == "UPDATE_FAILED")
    return validation_error("Stack:" + id + " is in UPDATE_FAILED state and can not be updated.");
  if (stack["_policy"].is_null()) return {};
  return validation_error(id +
                          ": Stack Refactor does not support stacks that have a stack policy.");
}

Status find_or_make(Call& call, const Value& in, const Value& definition, RefactoredStack& s) {
  const std::string& name = definition["StackName"].as_string();
  auto found = find_stack(call, name);
  bool is_there = found.has_value() && (*found)["StackStatus"].as_string() != "DELETE_COMPLETE";
  if (!is_there && !in["EnableStackCreation"].as_bool())
    return validation_error("Stack [" + name + "] does not exist");
  if (is_there) CHECK_OK(check_refactorable(*found));
  if (!is_there) CHECK_OK(check_stack_name(name));
  s.is_new = !is_there;
  s.stack = is_there ? *found : new_stack(call, name, Value::map({}));
  s.key = key_of(call, s.stack);
  return {};
}

Result<RefactoredStack> take_stack(Call& call, const Value& in, const Value& definition) {
  RefactoredStack s;
  CHECK_OK(find_or_make(call, in, definition, s));
  if (!s.is_new) s.before = current_definition(call, s.stack);
  TRY(s.after, make_definition(call, request_of(definition, s.before), s.key, s.before));
  s.after.erase("Capabilities");
  if (s.before.has("Capabilities")) s.after.set("Capabilities", s.before["Capabilities"]);
  TRY(s.now, prepare(asker_of(call), s.key, s.after));
  if (s.now.dependencies.order.empty())
    return validation_error(s.key.id +
                            ": CloudFormation does not support empty stacks: no resource is left");
  if (!s.is_new) {
    TRY(s.then, prepare(asker_of(call), s.key, s.before));
  }
  CHECK_OK(check_sections(s));
  if (s.is_new) return s;
  const std::set<std::string> declared = logical_ids(s.then);
  for (const Value& r : rows_of(call, "resource", s.key.uuid()))
    if (const std::string& id = r["LogicalResourceId"].as_string();
        is_present(r) && declared.contains(id))
      s.resources[id] = r;
  return s;
}

Value location(const RefactoredStack& s, const std::string& logical_id) {
  return Value::map({{"StackId", s.key.id}, {"LogicalResourceId", logical_id}});
}

Value kept_stack(const RefactoredStack& s, const Refactored& made, size_t number) {
  Value shown = s.stack;
  show_definition(shown, s.now, s.after);
  const auto& imports = made.imports[number];
  return Value::map({{"StackId", s.key.id},
                     {"IsNew", s.is_new},
                     {"Stack", std::move(shown)},
                     {"Stamp", stamp_of(s.stack)},
                     {"Definition", s.after},
                     {"Outputs", made.outputs[number]},
                     {"Imports", Value(List(imports.begin(), imports.end()))}});
}

Value kept_resource(const std::vector<RefactoredStack>& stacks, const RefactoredResource& r) {
  Value wanted = Value::map({});
  for (const char* member : {"_needs", "_shown"})
    if (r.wanted.has(member)) wanted.set(member, r.wanted[member]);
  const RefactoredStack& from = stacks[r.origin.from.stack];
  return Value::map(
      {{"From", location(from, r.origin.from.id)},
       {"To", location(stacks[r.to.stack], r.to.id)},
       {"PhysicalResourceId", from.resources.at(r.origin.from.id)["PhysicalResourceId"]},
       {"IsManual", r.origin.is_manual},
       {"Wanted", std::move(wanted)}});
}

// What the refactor will do; nothing is kept yet.
Status judge(Call& call, const Value& in, Value& refactor) {
  std::vector<RefactoredStack> stacks;
  for (const Value& definition : in["StackDefinitions"].items()) {
    TRY(RefactoredStack s, take_stack(call, in, definition));
    refactor.member("StackIds").make_list()[stacks.size()] = s.key.id;
    stacks.push_back(std::move(s));
  }
  TRY(Origins origins, find_origins(stacks, in["ResourceMappings"]));
  TRY(Refactored made, check_refactor(call, stacks, origins));
  Value kept = Value::list(), resources = Value::list();
  for (size_t i = 0; i < stacks.size(); ++i) kept.push_back(kept_stack(stacks[i], made, i));
  bool moves = false;
  for (const RefactoredResource& r : made.resources) {
    moves |= is_moved(r.to, r.origin);
    resources.push_back(kept_resource(stacks, r));
  }
  if (!moves)
    return validation_error(
        "The stack definitions move no resource. Submit different information "
        "to create a stack refactor.");
  refactor.set("_stacks", std::move(kept)).set("_resources", std::move(resources));
  return {};
}

void make_room(Call& call) {
  std::vector<std::pair<Time, std::string>> past;
  for (const auto& [id, refactor] : call.all("refactor"))
    if (refactor["ExecutionStatus"].as_string() != "EXECUTE_IN_PROGRESS")
      past.emplace_back(refactor["_created"].as_time(), id);
  std::sort(past.begin(), past.end());
  for (size_t i = 0; i + refactors_kept <= past.size(); ++i)
    call.remove("refactor", past[i].second);
}

// An available one becomes obsolete with the first change of one of its stacks.
Value as_it_stands(const Call& call, Value refactor) {
  if (refactor["ExecutionStatus"].as_string() != "AVAILABLE") return refactor;
  std::string reason = obsolete_reason(call, refactor);
  if (!reason.empty())
    refactor.set("ExecutionStatus", "OBSOLETE").set("ExecutionStatusReason", reason);
  return refactor;
}

Value shown(const Value& refactor, std::initializer_list<const char*> members) {
  Value out = Value::map({});
  for (const char* member : members)
    if (refactor.has(member)) out.set(member, refactor[member]);
  return out;
}

Result<Value> find_refactor(const Call& call, const Value& in) {
  const std::string& id = in["StackRefactorId"].as_string();
  if (const Value* found = call.find("refactor", id)) return as_it_stands(call, *found);
  return aws_error("StackRefactorNotFoundException", "Stack refactor [" + id + "] does not exist",
                   404);
}

Value mapped(const Value& place) {
  return Value::map(
      {{"StackName", place["StackId"]}, {"LogicalResourceId", place["LogicalResourceId"]}});
}

// Descriptions are recorded (AWS DevOps blog, "Introducing AWS CloudFormation Stack Refactoring").
Value actions_of(const Value& refactor) {
  Value out = Value::list();
  for (const Value& r : refactor["_resources"].items()) {
    if (r["From"] == r["To"]) continue;
    out.push_back(Value::map(
        {{"Action", "MOVE"},
         {"Entity", "RESOURCE"},
         {"PhysicalResourceId", r["PhysicalResourceId"]},
         {"Description", "No configuration changes detected."},
         {"Detection", r["IsManual"].as_bool() ? "MANUAL" : "AUTO"},
         {"TagResources", Value::list()},
         {"UntagResources", Value::list()},
         {"ResourceMapping",
          Value::map({{"Source", mapped(r["From"])}, {"Destination", mapped(r["To"])}})}}));
  }
  for (const Value& s : refactor["_stacks"].items())
    if (s["IsNew"].as_bool())
      out.push_back(Value::map({{"Action", "CREATE"},
                                {"Entity", "STACK"},
                                {"Description", "Stack " + s["StackId"].as_string() + " created."},
                                {"Detection", "MANUAL"},
                                {"TagResources", Value::list()},
                                {"UntagResources", Value::list()}}));
  return out;
}

Result<Value> page_of(const Value& in, List items, const char* member,
                      const std::function<std::string(const Value&)>& key) {
  std::sort(items.begin(), items.end(),
            [&](const Value& a, const Value& b) { return key(a) < key(b); });
  TRY(cloud::Page page,
      cloud::paginate(std::move(items), key, in["NextToken"].as_string(),
                      static_cast<size_t>(in["MaxResults"].as_int(refactors_per_page)),
                      validation_error("Invalid NextToken")));
  Value out = Value::map({{member, Value(std::move(page.items))}});
  if (!page.next.empty()) out.set("NextToken", page.next);
  return out;
}

}  // namespace

// Judged within the request, so that it is never seen in CREATE_IN_PROGRESS.
Result<Value> create_stack_refactor(Call& call, const Value& in) {
  CHECK_OK(check_request(in));
  Value names = Value::list();
  for (const Value& d : in["StackDefinitions"].items()) names.push_back(d["StackName"]);
  Value refactor = Value::map({{"StackIds", std::move(names)},
                               {"Status", "CREATE_COMPLETE"},
                               {"ExecutionStatus", "AVAILABLE"},
                               {"_created", call.now}});
  if (in.has("Description")) refactor.set("Description", in["Description"]);
  Status good = judge(call, in, refactor);
  if (!good.has_value() && is_not_yet(good.error())) return or_wait(call, good.error());
  if (!good.has_value())
    refactor.set("Status", "CREATE_FAILED")
        .set("StatusReason", good.error().message)
        .set("ExecutionStatus", "UNAVAILABLE");
  make_room(call);
  std::string id = call.random.uuid();
  call.put("refactor", id, refactor.set("StackRefactorId", id));
  return Value::map({{"StackRefactorId", id}});
}

Result<Value> describe_stack_refactor(Call& call, const Value& in) {
  TRY(Value refactor, find_refactor(call, in));
  return shown(refactor, {"StackRefactorId", "StackIds", "Description", "Status", "StatusReason",
                          "ExecutionStatus", "ExecutionStatusReason"});
}

Result<Value> execute_stack_refactor(Call& call, const Value& in) {
  TRY(Value refactor, find_refactor(call, in));
  const std::string& id = refactor["StackRefactorId"].as_string();
  const std::string& status = refactor["ExecutionStatus"].as_string();
  if (status != "AVAILABLE")
    return validation_error("Stack refactor [" + id +
                            "] cannot be executed in its current execution status of [" + status +
                            "]");
  Value operation = Value::map({{"Caller", call.caller.to_value()}, {"Endpoint", call.endpoint}});
  refactor.set("_actions", actions_of(refactor)).set("_operation", std::move(operation));
  call.put("refactor", id, refactor.set("ExecutionStatus", "EXECUTE_IN_PROGRESS"));
  call.after(0, refactor_reaction, id, "refactor/" + id);
  return Value::map({});
}

// Newest first.
Result<Value> list_stack_refactors(Call& call, const Value& in) {
  const List& wanted = in["ExecutionStatusFilter"].items();
  std::map<std::string, std::string> keys;
  List items;
  for (const auto& [id, document] : call.all("refactor")) {
    Value refactor = as_it_stands(call, document);
    if (!wanted.empty() &&
        std::find(wanted.begin(), wanted.end(), refactor["ExecutionStatus"]) == wanted.end())
      continue;
    keys[id] = std::to_string(INT64_MAX - refactor["_created"].as_time().ms) + id;
    items.push_back(shown(refactor, {"StackRefactorId", "Description", "Status", "StatusReason",
                                     "ExecutionStatus", "ExecutionStatusReason"}));
  }
  return page_of(in, std::move(items), "StackRefactorSummaries", [&](const Value& summary) {
    return keys[summary["StackRefactorId"].as_string()];
  });
}

Result<Value> list_stack_refactor_actions(Call& call, const Value& in) {
  TRY(Value refactor, find_refactor(call, in));
  Value actions = refactor.has("_actions") ? refactor["_actions"] : actions_of(refactor);
  return page_of(in, actions.items(), "StackRefactorActions", [](const Value& action) {
    const Value& to = action["ResourceMapping"]["Destination"];
    return action["Action"].as_string() + to["StackName"].as_string() + "/" +
           to["LogicalResourceId"].as_string() + action["Description"].as_string();
  });
}

}  // namespace mainstay::formation
