#include "formation/requests.hh"

#include <algorithm>

#include "cfn/diff.hh"
#include "formation/definition.hh"
#include "formation/engine.hh"
#include "formation/exports.hh"
#include "formation/import_plan.hh"
#include "formation/plan.hh"
#include "formation/service_role.hh"
#include "formation/stack_policy.hh"
#include "formation/transform.hh"
#include "formation/validation.hh"
#include "wire/arn.hh"

namespace mainstay::formation {
namespace {

constexpr size_t name_max = 128;
constexpr std::string_view settled[] = {"CREATE_COMPLETE",          "UPDATE_COMPLETE",
                                        "UPDATE_ROLLBACK_COMPLETE", "UPDATE_FAILED",
                                        "IMPORT_COMPLETE",          "IMPORT_ROLLBACK_COMPLETE"};

Error already_exists(const std::string& name) {
  return aws_error("AlreadyExistsException", "Stack [" + name + "] already exists");
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// RollbackConfiguration of a request; the words are recorded (test_update_stack.py).
Status check_triggers(const Value& in) {
  for (const Value& trigger : in["RollbackConfiguration"]["RollbackTriggers"].items()) {
    const std::string& type = trigger["Type"].as_string();
    if (type != "AWS::CloudWatch::Alarm" && type != "AWS::CloudWatch::CompositeAlarm")
      return validation_error("Rollback Trigger Type not supported");
    auto arn = wire::parse_arn(trigger["Arn"].as_string());
    if (!arn || !arn->resource.starts_with("alarm:"))
      return validation_error("RelativeId of a Rollback Trigger's ARN is incorrect");
  }
  return {};
}

Status check_rollback_choice(const Value& in) {
  if (in.has("OnFailure") && in.has("DisableRollback"))
    return validation_error("Only one of DisableRollback or OnFailure may be specified");
  return {};
}

}  // namespace

// CreateStack, StackName: letters, digits and hyphens after a letter.
Status check_stack_name(const std::string& name) {
  bool good = !name.empty() && name.size() <= name_max && is_letter(name[0]) &&
              std::all_of(name.begin(), name.end(), [](char c) {
                return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
              });
  if (good) return {};
  return validation_error("1 validation error detected: Value '" + name +
                          "' at 'stackName' failed to satisfy constraint: Member must satisfy "
                          "regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*");
}

StackKey key_of(const Call& call, const Value& stack) {
  return {call.account, call.region, stack["StackId"].as_string()};
}

// A service role stands in for the caller, also later: the stack keeps the one it was given last.
Result<Value> operation_document(Call& call, const Value& in, const Value& stack) {
  Value caller = call.caller.to_value();
  const std::string& role =
      in.has("RoleARN") ? in["RoleARN"].as_string() : stack["RoleARN"].as_string();
  if (!role.empty()) {
    TRY(cloud::Caller as, session_of_role(call, role));
    caller = as.to_value();
  }
  Value op =
      Value::map({{"Id", call.random.uuid()}, {"Caller", caller}, {"Endpoint", call.endpoint}});
  if (in["RetainExceptOnCreate"].as_bool()) op.set("RetainExceptOnCreate", true);
  if (in.has("ClientRequestToken")) op.set("Token", in["ClientRequestToken"]);
  if (in.has("OnFailure")) op.set("OnFailure", in["OnFailure"]);
  if (in["DisableRollback"].as_bool())
    op.set("OnFailure", "DO_NOTHING").set("DisableRollback", true);
  return op;
}

Value begun(const Value& stack) {
  return Value::map({{"StackId", stack["StackId"]}, {"OperationId", stack["_operation"]["Id"]}});
}

Value new_stack(Call& call, const std::string& name, const Value& in) {
  std::string id = call.arn("stack/" + name + "/" + call.random.uuid());
  Value stack =
      Value::map({{"StackId", id},
                  {"StackName", name},
                  {"CreationTime", call.now},
                  {"DisableRollback",
                   in["DisableRollback"].as_bool() || in["OnFailure"].as_string() == "DO_NOTHING"},
                  {"EnableTerminationProtection", in["EnableTerminationProtection"].as_bool()},
                  {"RollbackConfiguration", Value::map({})},
                  {"DriftInformation", Value::map({{"StackDriftStatus", "NOT_CHECKED"}})},
                  {"Outputs", Value::list()}});
  if (in.has("TimeoutInMinutes")) stack.set("TimeoutInMinutes", in["TimeoutInMinutes"]);
  take_rollback_configuration(stack, in);
  return stack;
}

// What is left out stays as it was (API reference, RollbackConfiguration).
void take_rollback_configuration(Value& stack, const Value& from) {
  for (const auto& [name, value] : from["RollbackConfiguration"].members())
    stack.member("RollbackConfiguration").set(name, value);
}

Value current_definition(const Call& call, const Value& stack) {
  const Value* v = call.find("definition", row(uuid_of(stack["StackId"].as_string()), "current"));
  return v ? *v : Value();
}

Value shown_definition(const Call& call, const Value& stack) {
  Value current = current_definition(call, stack);
  if (!current.is_null()) return current;
  const Value* v = call.find("definition", row(uuid_of(stack["StackId"].as_string()), "target"));
  return v ? *v : Value();
}

void make_plans_obsolete(Call& call, const Value& stack) {
  for (const std::string& id :
       call.find_by("change-set", "StackId", stack["StackId"].as_string())) {
    Value set = *call.find("change-set", id);
    if (set["ExecutionStatus"].as_string() == "AVAILABLE")
      call.put("change-set", id, set.set("ExecutionStatus", "OBSOLETE"));
  }
}

namespace {

// The policy that the stack has or is to have must fit the new template; the one for this update
// may name what it takes away, too.
Status check_policies_of_update(const Call& call, const Value& stack, std::set<std::string> ids) {
  const Value& operation = stack["_operation"];
  if (operation.has("NextPolicy"))
    CHECK_OK(check_stack_policy(operation["NextPolicy"].as_string(), ids));
  else
    CHECK_OK(check_stack_policy(stack["_policy"].as_string(), ids, "existing stack policy"));
  for (const Value& r : rows_of(call, "resource", uuid_of(stack["StackId"].as_string())))
    if (is_present(r)) ids.insert(r["LogicalResourceId"].as_string());
  return check_stack_policy(operation["PolicyDuringUpdate"].as_string(), ids);
}

// Transforms that failed leave nothing to show but what the request said.
void show_target(Value& stack, const Result<Prepared>& prepared, const Value& definition) {
  if (prepared.has_value())
    show_definition(stack, *prepared, definition);
  else
    show_request(stack, definition);
}

// Whether the stack of this id is what the name stands for, and only change sets ask for it yet.
bool is_in_review(const Call& call, const Value& named, const std::string& id) {
  if (named.as_string() != id) return false;
  const Value* stack = call.find("stack", id);
  return stack != nullptr && (*stack)["StackStatus"].as_string() == "REVIEW_IN_PROGRESS";
}

}  // namespace

Status start_create(Call& call, Value& stack, const Value& definition) {
  StackKey key = key_of(call, stack);
  auto prepared = prepare(asker_of(call), key, definition);
  if (!prepared.has_value() && !is_transform_failure(prepared.error())) return prepared.error();
  if (prepared.has_value())
    CHECK_OK(check_stack_policy(stack["_policy"].as_string(), logical_ids(*prepared)));
  // Others had their turn while the template was being prepared.
  if (const Value* id = call.find("name", key.name()); id && !is_in_review(call, *id, key.id))
    return already_exists(key.name());
  show_target(stack, prepared, definition);
  call.put("definition", row(key.uuid(), "target"), definition);
  call.put("name", key.name(), key.id);
  if (stack.has("TimeoutInMinutes"))
    stack.member("_operation")
        .set("Deadline", call.now + stack["TimeoutInMinutes"].as_int() * 60'000);
  set_stack_status(call, stack, "CREATE_IN_PROGRESS", "User Initiated");
  return {};
}

// Every operation is checked before it begins (user guide, "Validate stack deployments"), but for
// those of nested stacks, which begin within their parent's. What was found stops it there.
Status validate_operation(Call& call, const Value& in, const StackKey& key, const Value& before,
                          const Value& definition, Value& operation) {
  if (in["DisableValidation"].as_bool() || definition.has("TransformFailed")) return {};
  TRY(Plan plan, make_plan(call, key, before, definition));
  TRY(Prepared prepared, prepare(asker_of(call), key, definition));
  Value existing = existing_by_name(call, key, prepared, plan);
  std::vector<Value> findings = validate_plan(prepared, plan, existing, Value::map({}));
  if (findings.empty()) return {};
  operation.set("Invalid", status_reason(findings));
  keep_findings(call, key, operation["Id"].as_string(), std::move(findings));
  return {};
}

Result<Value> begin_create(Call& call, const Value& in, const Value& parent) {
  const std::string& name = in["StackName"].as_string();
  CHECK_OK(check_stack_name(name));
  CHECK_OK(check_rollback_choice(in));
  CHECK_OK(check_triggers(in));
  Value review;
  if (const Value* id = call.find("name", name)) {
    const Value& there = *call.find("stack", id->as_string());
    const Value& token = in["ClientRequestToken"];
    if (!token.is_null() && there["_operation"]["Token"] == token)
      return Value::map({{"StackId", *id}});
    if (!is_in_review(call, *id, id->as_string())) return already_exists(name);
    review = there;
  }
  Value stack = new_stack(call, name, in);
  // What change sets have asked for becomes this stack (recorded: create_while_in_review).
  if (!review.is_null())
    stack.set("StackId", review["StackId"]).set("CreationTime", review["CreationTime"]);
  TRY(Value policy, policy_of_request(call, in, "StackPolicy"));
  if (!policy.is_null()) stack.set("_policy", std::move(policy));
  TRY(Value definition,
      make_definition(call, in, key_of(call, stack), Value(), parent["StackId"].as_string()));
  TRY(Value operation, operation_document(call, in, stack));
  if (parent.is_null())
    CHECK_OK(validate_operation(call, in, key_of(call, stack), Value(), definition, operation));
  stack.set("_operation", operation.set("Type", "CREATE_STACK"));
  if (!parent.is_null()) {
    stack.set("ParentId", parent["StackId"])
        .set("RootId", parent.has("RootId") ? parent["RootId"] : parent["StackId"]);
  }
  CHECK_OK(start_create(call, stack, definition));
  make_plans_obsolete(call, stack);
  return begun(stack);
}

Status check_updatable(const Value& stack) {
  const std::string& status = stack["StackStatus"].as_string();
  if (std::find(std::begin(settled), std::end(settled), status) != std::end(settled)) return {};
  return validation_error("Stack:" + stack["StackId"].as_string() + " is in " + status +
                          " state and can not be updated.");
}

// The words are those of recorded answers: issue 6368 of aws-cli, and pull request 68524 of
// code-dot-org for OnFailure.
Status check_can_begin(const Value& stack, bool disable_rollback) {
  const std::string& status = stack["StackStatus"].as_string();
  if (status != "CREATE_FAILED" && status != "UPDATE_FAILED") return check_updatable(stack);
  if (status == "CREATE_FAILED" && !stack["_operation"]["DisableRollback"].as_bool())
    return validation_error(
        "This stack cannot be updated from [CREATE_FAILED] state because it contains "
        "[on-failure: DO_NOTHING]. Please use disable-rollback option instead during stack "
        "creation.");
  if (disable_rollback) return {};
  return validation_error("This stack is currently in a non-terminal [" + status +
                          "] state. To update the stack from this state, please use the "
                          "disable-rollback parameter with update-stack API. To rollback to the "
                          "last known good state, use the rollback-stack API");
}

Status start_update(Call& call, Value& stack, const Value& definition) {
  StackKey key = key_of(call, stack);
  auto prepared = prepare(asker_of(call), key, definition);
  if (!prepared.has_value() && !is_transform_failure(prepared.error())) return prepared.error();
  TRY(Value now, find_stack(call, key.id));
  if (now["StackStatus"] != stack["StackStatus"]) CHECK_OK(check_updatable(now));
  if (prepared.has_value()) CHECK_OK(check_policies_of_update(call, stack, logical_ids(*prepared)));
  show_target(stack, prepared, definition);
  make_plans_obsolete(call, stack);
  call.put("definition", row(key.uuid(), "target"), definition);
  stack.set("LastUpdatedTime", call.now);
  set_stack_status(call, stack, "UPDATE_IN_PROGRESS", "User Initiated");
  return {};
}

Status start_import(Call& call, Value& stack, const Value& definition) {
  StackKey key = key_of(call, stack);
  auto prepared = prepare(asker_of(call), key, definition);
  if (!prepared.has_value()) return prepared.error();
  TRY(Value now, find_stack(call, key.id));
  if (now["StackStatus"] != stack["StackStatus"]) CHECK_OK(check_updatable(now));
  show_target(stack, prepared, definition);
  make_plans_obsolete(call, stack);
  call.put("definition", row(key.uuid(), "target"), definition);
  set_stack_status(call, stack, "IMPORT_IN_PROGRESS", "User Initiated");
  return {};
}

Result<Value> begin_update(Call& call, const Value& in) {
  TRY(Value stack, find_stack(call, in["StackName"].as_string()));
  CHECK_OK(check_can_begin(stack, in["DisableRollback"].as_bool()));
  CHECK_OK(check_triggers(in));
  Value before = shown_definition(call, stack);
  StackKey key = key_of(call, stack);
  TRY(Value definition, make_definition(call, in, key, before, stack["ParentId"].as_string()));
  if (!definition.has("TransformFailed")) {
    TRY(Plan plan, make_plan(call, key, before, definition));
    if (plan.is_empty() && !stack["StackStatus"].as_string().ends_with("_FAILED"))
      return validation_error("No updates are to be performed.");
  }
  TRY(Value operation, operation_document(call, in, stack));
  if (!stack.has("ParentId"))
    CHECK_OK(validate_operation(call, in, key, before, definition, operation));
  TRY(Value next, policy_of_request(call, in, "StackPolicy"));
  TRY(Value meanwhile, policy_of_request(call, in, "StackPolicyDuringUpdate"));
  if (!next.is_null()) operation.set("NextPolicy", std::move(next));
  if (!meanwhile.is_null()) operation.set("PolicyDuringUpdate", std::move(meanwhile));
  stack.set("_operation", operation.set("Type", "UPDATE_STACK"))
      .set("DisableRollback", in["DisableRollback"].as_bool());
  take_rollback_configuration(stack, in);
  CHECK_OK(start_update(call, stack, definition));
  return begun(stack);
}

Status begin_delete(Call& call, const Value& in) {
  auto found = find_stack(call, in["StackName"].as_string());
  if (!found.has_value()) return {};
  Value stack = *found;
  const std::string& status = stack["StackStatus"].as_string();
  if (status == "DELETE_COMPLETE" || status == "DELETE_IN_PROGRESS") return {};
  if (stack["EnableTerminationProtection"].as_bool())
    return validation_error("Stack [" + stack["StackName"].as_string() +
                            "] cannot be deleted while TerminationProtection is enabled");
  if (!in["RetainResources"].empty() && status != "DELETE_FAILED")
    return validation_error("Invalid operation on stack [" + stack["StackId"].as_string() +
                            "]. RetainResources can be specified only if the stack is in the "
                            "DELETE_FAILED state.");
  // "You can specify this ... only if the stack is in DELETE_FAILED" (DeleteStack, DeletionMode);
  // the words are ours.
  bool force = in["DeletionMode"].as_string() == "FORCE_DELETE_STACK";
  if (force && status != "DELETE_FAILED")
    return validation_error("Invalid operation on stack [" + stack["StackId"].as_string() +
                            "]. FORCE_DELETE_STACK can be specified only if the stack is in the "
                            "DELETE_FAILED state.");
  CHECK_OK(check_exports_unused(call, stack));
  TRY(Value operation, operation_document(call, in, stack));
  operation.set("Retain", in["RetainResources"]).set("Type", "DELETE_STACK");
  if (force) operation.set("Force", true);
  stack.set("_operation", std::move(operation));
  set_stack_status(call, stack, "DELETE_IN_PROGRESS", "User Initiated");
  return {};
}

}  // namespace mainstay::formation
