// What CreateStack, UpdateStack and DeleteStack begin; the engine then carries it on. Nested stacks
// begin in the same way. All need a Call on CloudFormation's state, in mode write.
#pragma once

#include "formation/records.hh"

namespace mainstay::formation {

// The stack's id. parent: the stack that this one is nested in, or null.
Result<Value> begin_create(Call& call, const Value& in, const Value& parent);
Result<Value> begin_update(Call& call, const Value& in);
// Does nothing for a stack that is gone already.
Status begin_delete(Call& call, const Value& in);

// What the operations that begin something answer.
Value begun(const Value& stack);
// A change set by its id, or by its name and its stack's.
Result<Value> find_change_set(const Call& call, const Value& in);

// Shared with change sets.
Status check_stack_name(const std::string& name);
Value new_stack(Call& call, const std::string& name, const Value& in);
Result<Value> operation_document(Call& call, const Value& in, const Value& stack);
// What a request or change set says of rollback triggers and monitoring, over what the stack has.
void take_rollback_configuration(Value& stack, const Value& from);
Status check_updatable(const Value& stack);
// Whether an update may begin: one of a stack that failed without rollback must do without it, too
// (user guide, "Choose how to handle failures when provisioning resources").
Status check_can_begin(const Value& stack, bool disable_rollback);
// The stack takes `definition` as what it should become, and starts to. Errors: also what
// check_stack_policy finds.
Status start_create(Call& call, Value& stack, const Value& definition);
Status start_update(Call& call, Value& stack, const Value& definition);
Status start_import(Call& call, Value& stack, const Value& definition);
// Change sets of a stack that is updated otherwise (API reference, DescribeChangeSet,
// ExecutionStatus).
void make_plans_obsolete(Call& call, const Value& stack);
StackKey key_of(const Call& call, const Value& stack);
// The stack as it is after its last complete operation; null before the first.
Value current_definition(const Call& call, const Value& stack);
// The definition to show: current, or what is being made of a new stack.
Value shown_definition(const Call& call, const Value& stack);

}  // namespace mainstay::formation
