// Operations that begin or end something on a stack.
#include "formation/definition.hh"
#include "formation/engine.hh"
#include "formation/handlers.hh"
#include "formation/requests.hh"
#include "formation/signals.hh"
#include "formation/stack_policy.hh"
#include "formation/transform.hh"

namespace mainstay::formation {
namespace {

StackKey key_of_id(const Call& call, const Value& id) {
  return {call.account, call.region, id.as_string()};
}

Value stack_id(const Value& stack) {
  return Value::map({{"StackId", stack["StackId"]}});
}

}  // namespace

Result<Value> create_stack(Call& call, const Value& in) {
  auto begun = begin_create(call, in, Value());
  if (!begun.has_value()) return or_wait(call, std::move(begun));
  Value out = std::move(*begun);
  wake(call, key_of_id(call, out["StackId"]));
  return out;
}

Result<Value> update_stack(Call& call, const Value& in) {
  const std::string& name = in["StackName"].as_string();
  if (!find_stack(call, name).has_value())
    return validation_error("Stack [" + name + "] does not exist");
  auto begun = begin_update(call, in);
  if (!begun.has_value()) return or_wait(call, std::move(begun));
  Value out = std::move(*begun);
  wake(call, key_of_id(call, out["StackId"]));
  return out;
}

Result<Value> delete_stack(Call& call, const Value& in) {
  auto before = find_stack(call, in["StackName"].as_string());
  if (!before.has_value()) return Value::map({});
  CHECK_OK(begin_delete(call, in));
  // An operation under way finds the stack in its new state.
  wake(call, key_of(call, *before));
  return Value::map({});
}

Result<Value> cancel_update_stack(Call& call, const Value& in) {
  TRY(Value stack, find_stack(call, in["StackName"].as_string()));
  if (stack["StackStatus"].as_string() != "UPDATE_IN_PROGRESS")
    return validation_error("CancelUpdateStack cannot be called from current stack status");
  stack.member("_operation").set("Cancel", true);
  put_stack(call, stack);
  wake(call, key_of(call, stack));
  return Value::map({});
}

Result<Value> continue_update_rollback(Call& call, const Value& in) {
  TRY(Value stack, find_stack(call, in["StackName"].as_string()));
  if (stack["StackStatus"].as_string() != "UPDATE_ROLLBACK_FAILED")
    return validation_error("Stack:" + stack["StackId"].as_string() + " is in " +
                            stack["StackStatus"].as_string() +
                            " state and can not continue rollback.");
  for (const Value& id : in["ResourcesToSkip"].items())
    if (!call.find("resource", row(uuid_of(stack["StackId"].as_string()), id.as_string())))
      return validation_error("Resource " + id.as_string() + " does not exist in stack " +
                              stack["StackName"].as_string());
  TRY(Value operation, operation_document(call, in, stack));
  operation.set("Skip", in["ResourcesToSkip"]).set("Type", "CONTINUE_ROLLBACK");
  stack.set("_operation", std::move(operation));
  set_stack_status(call, stack, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated");
  wake(call, key_of(call, stack));
  return Value::map({});
}

Result<Value> rollback_stack(Call& call, const Value& in) {
  TRY(Value stack, find_stack(call, in["StackName"].as_string()));
  const std::string& status = stack["StackStatus"].as_string();
  if (status != "CREATE_FAILED" && status != "UPDATE_FAILED")
    return validation_error(
        "RollbackStack can only be called on a stack in CREATE_FAILED or "
        "UPDATE_FAILED state");
  TRY(Value operation, operation_document(call, in, stack));
  stack.set("_operation", operation.set("Type", "ROLLBACK"));
  // A stack that was never complete has no state to go back to (API reference, RollbackStack).
  bool was_complete = !current_definition(call, stack).is_null();
  set_stack_status(call, stack,
                   was_complete ? "UPDATE_ROLLBACK_IN_PROGRESS" : "ROLLBACK_IN_PROGRESS",
                   "User Initiated");
  wake(call, key_of(call, stack));
  return begun(stack);
}

Result<Value> update_termination_protection(Call& call, const Value& in) {
  TRY(Value stack, find_stack(call, in["StackName"].as_string()));
  if (stack.has("ParentId"))
    return validation_error(
        "Termination protection cannot be changed on a nested stack; change "
        "it on the root stack");
  put_stack(call, stack.set("EnableTerminationProtection", in["EnableTerminationProtection"]));
  return stack_id(stack);
}

Result<Value> set_stack_policy(Call& call, const Value& in) {
  TRY(Value stack, find_stack(call, in["StackName"].as_string()));
  TRY(Value policy, policy_of_request(call, in, "StackPolicy"));
  if (policy.is_null())
    return validation_error("You must specify either a StackPolicyBody or a StackPolicyURL");
  TRY(Prepared prepared,
      prepare(asker_of(call), key_of(call, stack), shown_definition(call, stack)));
  CHECK_OK(check_stack_policy(policy.as_string(), logical_ids(prepared)));
  put_stack(call, stack.set("_policy", std::move(policy)));
  return Value::map({});
}

Result<Value> get_stack_policy(Call& call, const Value& in) {
  TRY(Value stack, find_stack(call, in["StackName"].as_string()));
  const Value& policy = policy_in_force(stack);
  if (policy.is_null()) return Value::map({});
  return Value::map({{"StackPolicyBody", policy}});
}

Result<Value> signal_resource(Call& call, const Value& in) {
  TRY(Value stack, find_stack(call, in["StackName"].as_string()));
  const std::string& id = in["LogicalResourceId"].as_string();
  std::string uuid = uuid_of(stack["StackId"].as_string());
  const Value* resource = call.find("resource", row(uuid, id));
  if (!resource)
    return validation_error("Resource " + id + " does not exist for stack " +
                            stack["StackName"].as_string());
  if (!(*resource)["ResourceStatus"].as_string().ends_with("_IN_PROGRESS"))
    return validation_error("Stack:" + stack["StackId"].as_string() + " is in " +
                            stack["StackStatus"].as_string() + " state and can not be signaled.");
  put_signal(call, uuid, id,
             Value::map({{"UniqueId", in["UniqueId"]},
                         {"Status", in["Status"]},
                         {"Reason", "signal of failure"},
                         {"Data", ""}}));
  Value event = Value::map(
      {{"ResourceStatusReason", "Received " + in["Status"].as_string() + " signal with UniqueId " +
                                    in["UniqueId"].as_string()}});
  for (const char* member :
       {"LogicalResourceId", "PhysicalResourceId", "ResourceType", "ResourceStatus"})
    event.set(member, (*resource)[member]);
  add_event(call, stack, std::move(event));
  wake(call, key_of(call, stack));
  return Value::map({});
}

}  // namespace mainstay::formation
