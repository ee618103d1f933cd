// The operations, by the file that holds them.
#pragma once

#include "cloud/call.hh"

namespace mainstay::formation {

using cloud::Call;

#define FORMATION_HANDLER(name) Result<Value> name(Call& call, const Value& in)

// guard.cc
Status guard(Call& call, const Value& in, cloud::Authorization& authorization);
// stack_api.cc
FORMATION_HANDLER(create_stack);
FORMATION_HANDLER(update_stack);
FORMATION_HANDLER(delete_stack);
FORMATION_HANDLER(cancel_update_stack);
FORMATION_HANDLER(continue_update_rollback);
FORMATION_HANDLER(rollback_stack);
FORMATION_HANDLER(update_termination_protection);
FORMATION_HANDLER(set_stack_policy);
FORMATION_HANDLER(get_stack_policy);
FORMATION_HANDLER(signal_resource);
// describe_api.cc
FORMATION_HANDLER(describe_stacks);
FORMATION_HANDLER(list_stacks);
FORMATION_HANDLER(describe_stack_events);
FORMATION_HANDLER(describe_stack_resource);
FORMATION_HANDLER(describe_stack_resources);
FORMATION_HANDLER(list_stack_resources);
FORMATION_HANDLER(list_exports);
FORMATION_HANDLER(list_imports);
FORMATION_HANDLER(describe_account_limits);
// events_api.cc
FORMATION_HANDLER(describe_events);
// drift_api.cc
FORMATION_HANDLER(detect_stack_drift);
FORMATION_HANDLER(detect_stack_resource_drift);
FORMATION_HANDLER(describe_stack_drift_detection_status);
FORMATION_HANDLER(describe_stack_resource_drifts);
// template_api.cc
FORMATION_HANDLER(get_template);
FORMATION_HANDLER(get_template_summary);
FORMATION_HANDLER(validate_template);
// change_set_api.cc
FORMATION_HANDLER(create_change_set);
FORMATION_HANDLER(describe_change_set);
FORMATION_HANDLER(list_change_sets);
FORMATION_HANDLER(execute_change_set);
FORMATION_HANDLER(delete_change_set);
// refactor_api.cc
FORMATION_HANDLER(create_stack_refactor);
FORMATION_HANDLER(describe_stack_refactor);
FORMATION_HANDLER(execute_stack_refactor);
FORMATION_HANDLER(list_stack_refactors);
FORMATION_HANDLER(list_stack_refactor_actions);

#undef FORMATION_HANDLER

}  // namespace mainstay::formation
