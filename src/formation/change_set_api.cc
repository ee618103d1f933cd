// Change sets: plans of what a template would change, to be looked at and then executed.
#include "base/json.hh"
#include "base/text.hh"
#include "formation/change_context.hh"
#include "formation/change_shown.hh"
#include "formation/drift_revert.hh"
#include "formation/engine.hh"
#include "formation/handlers.hh"
#include "formation/import_plan.hh"
#include "formation/plan.hh"
#include "formation/requests.hh"
#include "formation/transform.hh"
#include "formation/validation.hh"

namespace mainstay::formation {
namespace {

Error not_found(const std::string& name) {
  return aws_error("ChangeSetNotFound", "ChangeSet [" + name + "] does not exist", 404);
}

// Only stacks that exist can be updated; a CREATE set makes a stack that waits for review: without
// a status as yet.
Result<Value> stack_for(Call& call, const Value& in) {
  const std::string& name = in["StackName"].as_string();
  auto found = find_stack(call, name);
  const std::string& type = in["ChangeSetType"].as_string();
  bool in_review = found.has_value() && (*found)["StackStatus"].as_string() == "REVIEW_IN_PROGRESS";
  bool create = type == "CREATE" || (type == "IMPORT" && (!found.has_value() || in_review));
  if (!create) {
    if (!found.has_value()) return validation_error("Stack [" + name + "] does not exist");
    CHECK_OK(check_updatable(*found));
    return found;
  }
  if (in_review) return found;
  auto exists_already = [&] {
    return validation_error("Stack [" + name +
                            "] already exists and cannot be created again with the changeSet [" +
                            in["ChangeSetName"].as_string() + "].");
  };
  if (found.has_value() && (*found)["StackStatus"].as_string() != "DELETE_COMPLETE")
    return exists_already();
  if (found.has_value() && name.starts_with("arn:")) return exists_already();
  CHECK_OK(check_stack_name(name));
  return new_stack(call, name, in);
}

Value id_of_set(Call& call, const std::string& name) {
  return call.arn("changeSet/" + name + "/" + call.random.uuid());
}

// Its name is free again, though it can still be looked at by its id.
bool is_executed(const Value& set) {
  return set["ExecutionStatus"].as_string() == "EXECUTE_COMPLETE";
}

Status check_new_name(Call& call, const Value& stack, const std::string& name) {
  for (const std::string& id : call.find_by("change-set", "StackId", stack["StackId"].as_string()))
    if (const Value& set = *call.find("change-set", id);
        set["ChangeSetName"].as_string() == name && !is_executed(set))
      return aws_error("AlreadyExistsException",
                       "ChangeSet " + name +
                           " cannot be created due to a naming conflict: it "
                           "already exists for stack " +
                           stack["StackName"].as_string());
  return {};
}

bool is_drift_aware(const Value& in) {
  return in["DeploymentMode"].as_string() == "REVERT_DRIFT";
}

// ResourcesToImport and IMPORT go together (API reference, CreateChangeSet).
Status check_import(const Value& in) {
  bool imports = in["ChangeSetType"].as_string() == "IMPORT";
  if (imports && is_drift_aware(in))
    return validation_error("DeploymentMode REVERT_DRIFT is not for change sets of type IMPORT");
  if (imports == !in["ResourcesToImport"].empty()) return {};
  return validation_error(imports
                              ? "ResourcesToImport must be given for a change set of type IMPORT"
                              : "ResourcesToImport is for change sets of type IMPORT only");
}

}  // namespace

Result<Value> find_change_set(const Call& call, const Value& in) {
  const std::string& name = in["ChangeSetName"].as_string();
  if (name.starts_with("arn:")) {
    const Value* set = call.find("change-set", name);
    if (!set) return not_found(name);
    if (in.has("StackName")) {
      TRY(Value stack, find_stack(call, in["StackName"].as_string()));
      if (stack["StackId"] != (*set)["StackId"]) return not_found(name);
    }
    return *set;
  }
  if (!in.has("StackName"))
    return validation_error(
        "StackName must be specified if ChangeSetName is not specified as an "
        "ARN.");
  auto stack = find_stack(call, in["StackName"].as_string());
  if (!stack.has_value())
    return validation_error("Stack [" + in["StackName"].as_string() + "] does not exist");
  Value found;
  for (const std::string& id :
       call.find_by("change-set", "StackId", (*stack)["StackId"].as_string()))
    if (const Value& set = *call.find("change-set", id);
        set["ChangeSetName"].as_string() == name && (found.is_null() || !is_executed(set)))
      found = set;
  return found.is_null() ? Result<Value>(not_found(name)) : found;
}

namespace {

// Change sets of nested stacks are not made here: said where somebody would look for them.
Status check_no_nested_plans(const Value& in, const Value& definition) {
  if (!in["IncludeNestedStacks"].as_bool() || !definition.has("Body")) return {};
  TRY(cfn::Template t, cfn::parse_template_text(definition["Body"].as_string(), "template"));
  for (const cfn::Resource& r : t.resources)
    if (r.type == "AWS::CloudFormation::Stack")
      return aws_error(
          "NotImplemented",
          "mainstay's embedded cloud does not make change sets of nested stacks: leave "
          "out IncludeNestedStacks, or look at " +
              r.id + " by itself",
          501);
  return {};
}

// What a change set says of the plan that it is; a failure for one that can't be executed.
struct Planned {
  List changes, parameters;
  Value imports = Value::map({});
  std::vector<Value> findings;
  std::string failure;
  Value actual;  // of a drift-aware one: what its execution has to know (kept_states)
  std::string drift_status;
};

// What the resources are by now, beside what the plan would do to them.
void compare_with_drift(Call& call, const StackKey& key, const Prepared& prepared, Planned& out) {
  const std::vector<Value> resources = rows_of(call, "resource", key.uuid());
  Asker asker = asker_of(call);
  ActualStates states;
  call.outside([&] { states = read_actual_states(asker, key, resources); });
  add_drift(out.changes, states, resources, prepared, call.now);
  out.actual = kept_states(states);
  out.drift_status = drift_status_of(states);
}

Result<Planned> plan_of(Call& call, const Value& in, const StackKey& key, const Value& before,
                        const Value& after) {
  Planned out;
  if (after.has("TransformFailed")) {
    out.failure = after["TransformFailed"].as_string();
    return out;
  }
  TRY(Plan plan, make_plan(call, key, before, after));
  TRY(Prepared prepared, prepare(asker_of(call), key, after));
  Value existing = Value::map({});
  if (in["ChangeSetType"].as_string() == "IMPORT") {
    TRY(out.imports, imports_asked(call, in, prepared, plan));
  } else {
    existing = existing_by_name(call, key, prepared, plan);
    if (in["ImportExistingResources"].as_bool()) out.imports = imports_found(call, existing);
  }
  if (!in["DisableValidation"].as_bool())
    out.findings = validate_plan(prepared, plan, existing, out.imports);
  out.failure = status_reason(out.findings);
  TRY(auto contexts, contexts_of(call, key, before, prepared, plan));
  for (size_t i = 0; i < plan.changes.size(); ++i)
    out.changes.push_back(
        shown_change(call, key.uuid(), plan.changes[i], out.imports, contexts[i]));
  out.parameters = shown_parameters(prepared, after);
  if (is_drift_aware(in) && !before.is_null()) compare_with_drift(call, key, prepared, out);
  // One that creates a stack of nothing is complete (recorded: conditions that are all false).
  if (plan.is_empty() && !before.is_null() && out.changes.empty())
    out.failure =
        "The submitted information didn't contain changes. Submit different "
        "information to create a change set.";
  return out;
}

Result<Value> plan_change_set(Call& call, const Value& in) {
  CHECK_OK(check_import(in));
  TRY(Value stack, stack_for(call, in));
  const std::string& name = in["ChangeSetName"].as_string();
  CHECK_OK(check_new_name(call, stack, name));
  StackKey key = key_of(call, stack);
  Value before = current_definition(call, stack);
  TRY(Value after, make_definition(call, in, key, before));
  TRY(Planned planned, plan_of(call, in, key, before, after));
  CHECK_OK(check_no_nested_plans(in, after));
  const bool good = planned.failure.empty();
  Value id = id_of_set(call, name);
  TRY(Value operation, operation_document(call, in, stack));
  Value set = Value::map({{"ChangeSetName", name},
                          {"ChangeSetId", id},
                          {"StackId", stack["StackId"]},
                          {"StackName", stack["StackName"]},
                          {"Parameters", Value(std::move(planned.parameters))},
                          {"CreationTime", call.now},
                          {"ExecutionStatus", good ? "AVAILABLE" : "UNAVAILABLE"},
                          {"Status", good ? "CREATE_COMPLETE" : "FAILED"},
                          {"NotificationARNs", after["NotificationARNs"]},
                          {"Capabilities", after["Capabilities"]},
                          {"Tags", after["Tags"]},
                          {"Changes", Value(std::move(planned.changes))},
                          {"IncludeNestedStacks", in["IncludeNestedStacks"].as_bool()},
                          {"_definition", after},
                          {"_imports", std::move(planned.imports)},
                          {"_findings", Value(std::move(planned.findings))},
                          {"_type", in["ChangeSetType"].as_string() == "IMPORT" ? "IMPORT"
                                    : before.is_null()                          ? "CREATE"
                                                                                : "UPDATE"},
                          {"_operation", std::move(operation)}});
  for (const char* member :
       {"OnStackFailure", "Description", "RollbackConfiguration", "DeploymentMode"})
    if (in.has(member)) set.set(member, in[member]);
  if (!planned.drift_status.empty())
    set.set("StackDriftStatus", planned.drift_status).set("_actual", std::move(planned.actual));
  if (!good) set.set("StatusReason", planned.failure);
  // Others had their turn while the template was being prepared.
  CHECK_OK(check_new_name(call, stack, name));
  if (!stack.has("StackStatus")) {
    if (call.find("name", key.name())) return stack_for(call, in).error();
    call.put("name", key.name(), key.id);
    for (const char* member : {"NotificationARNs", "Tags"}) stack.set(member, Value::list());
    set_stack_status(call, stack, "REVIEW_IN_PROGRESS", "User Initiated");
  }
  call.put("change-set", id.as_string(), set);
  return Value::map({{"Id", id}, {"StackId", stack["StackId"]}});
}

}  // namespace

Result<Value> create_change_set(Call& call, const Value& in) {
  return or_wait(call, plan_change_set(call, in));
}

Result<Value> describe_change_set(Call& call, const Value& in) {
  TRY(Value set, find_change_set(call, in));
  for (const char* member :
       {"_definition", "_type", "_operation", "_imports", "_findings", "_actual"})
    set.erase(member);
  show_values(set.member("Changes").make_list(), in["IncludePropertyValues"].as_bool());
  for (const char* member : {"NotificationARNs", "Capabilities"})
    if (set[member].is_null()) set.set(member, Value::list());
  if (set["RollbackConfiguration"].is_null()) set.set("RollbackConfiguration", Value::map({}));
  for (const char* member : {"Tags", "Parameters"})  // left out where there are none: recorded
    if (set[member].empty()) set.erase(member);
  return set;
}

Result<Value> list_change_sets(Call& call, const Value& in) {
  TRY(Value stack, find_stack(call, in["StackName"].as_string()));
  Value out = Value::list();
  for (const std::string& id :
       call.find_by("change-set", "StackId", stack["StackId"].as_string())) {
    const Value& set = *call.find("change-set", id);
    Value summary = Value::map({});
    for (const char* member :
         {"StackId", "StackName", "ChangeSetId", "ChangeSetName", "ExecutionStatus", "Status",
          "StatusReason", "CreationTime", "Description", "IncludeNestedStacks"})
      if (set.has(member)) summary.set(member, set[member]);
    out.push_back(std::move(summary));
  }
  return Value::map({{"Summaries", std::move(out)}});
}

namespace {

// The rows of the resources that are brought back say what they are, for this operation only. What
// was found of them before is not told any more ("reset the drift status").
void take_actual_states(Call& call, Value& stack, const Value& actual, const Value& operation) {
  const std::string uuid = uuid_of(stack["StackId"].as_string());
  for (const auto& [id, state] : actual.members()) {
    const Value* found = call.find("resource", row(uuid, id));
    if (!found) continue;
    Value resource = *found, kept = state;
    resource.set("_actual", kept.set("Operation", operation));
    call.put("resource", row(uuid, id), std::move(resource));
    call.remove("resource-drift", row(uuid, id));
  }
  stack.set("DriftInformation", Value::map({{"StackDriftStatus", "NOT_CHECKED"}}));
}

}  // namespace

Result<Value> execute_change_set(Call& call, const Value& in) {
  TRY(Value set, find_change_set(call, in));
  const std::string& execution = set["ExecutionStatus"].as_string();
  if (execution != "AVAILABLE") {
    bool failed = set["Status"].as_string() == "FAILED";
    return aws_error(
        "InvalidChangeSetStatus",
        "ChangeSet [" + set["ChangeSetId"].as_string() + "] cannot be executed in its current " +
            (failed ? "status of [FAILED]" : "execution status of [" + execution + "]"));
  }
  TRY(Value stack, find_stack(call, set["StackId"].as_string()));
  // "DO_NOTHING ... is equivalent to specifying true for the DisableRollback parameter".
  bool keep_failed =
      in["DisableRollback"].as_bool() || set["OnStackFailure"].as_string() == "DO_NOTHING";
  bool creates = set["_type"].as_string() == "CREATE";
  bool imports = set["_type"].as_string() == "IMPORT";
  bool in_review = stack["StackStatus"].as_string() == "REVIEW_IN_PROGRESS";
  if (!creates && !in_review) CHECK_OK(check_can_begin(stack, keep_failed));
  // With the rights of who executes it, unless the set was given a role ("CloudFormation service
  // role", user guide).
  Value operation = set["_operation"];
  if (!set["_definition"].has("RoleARN") && !stack.has("RoleARN"))
    operation.set("Caller", call.caller.to_value());
  operation.set("Type", creates ? "CREATE_STACK" : "UPDATE_STACK");
  if (!set["_imports"].empty()) operation.set("Imports", set["_imports"]);
  if (!set["_actual"].empty()) take_actual_states(call, stack, set["_actual"], operation["Id"]);
  if (in["RetainExceptOnCreate"].as_bool()) operation.set("RetainExceptOnCreate", true);
  if (in.has("ClientRequestToken")) operation.set("Token", in["ClientRequestToken"]);
  if (set.has("OnStackFailure")) operation.set("OnFailure", set["OnStackFailure"]);
  if (keep_failed) operation.set("OnFailure", "DO_NOTHING").set("DisableRollback", true);
  stack.set("_operation", std::move(operation)).set("ChangeSetId", set["ChangeSetId"]);
  take_rollback_configuration(stack, set);
  stack.set("LastUpdatedTime", call.now);  // also of a stack that is created so: recorded
  CHECK_OK(creates   ? start_create(call, stack, set["_definition"])
           : imports ? start_import(call, stack, set["_definition"])
                     : start_update(call, stack, set["_definition"]));
  // One execution makes all the other plans of the stack stale.
  for (const std::string& id : call.find_by("change-set", "StackId", stack["StackId"].as_string()))
    if (id != set["ChangeSetId"].as_string()) call.remove("change-set", id);
  call.put("change-set", set["ChangeSetId"].as_string(),
           Value(set).set("ExecutionStatus", "EXECUTE_COMPLETE"));
  wake(call, key_of(call, stack));
  return Value::map({});
}

Result<Value> delete_change_set(Call& call, const Value& in) {
  auto set = find_change_set(call, in);
  if (set.has_value())
    call.remove("change-set", (*set)["ChangeSetId"].as_string());
  else if (set.error().code != "ChangeSetNotFound")
    return set.error();
  return Value::map({});
}

}  // namespace mainstay::formation
