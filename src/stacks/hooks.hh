// The hooks of a configuration: stacker's own, done here, and Python functions.
#pragma once

#include "stacks/session.hh"

namespace mainstay::stacks {

// Whether there is such a hook, with arguments that make sense; nothing is run.
Status check_hook(Session& session, const HookConfig& hook);
// Whether each enabled hook of the stages is one that there is; nothing is run.
Status check_hooks(Session& session, HookStage before, HookStage after);

// Disables the hooks that may do more than call AWS, and gives their paths.
std::vector<std::string> leave_out_hooks(Config& config);

// Runs a stage's hooks, one after the other, but for those that are nodes of the graph. Error
// "HookFailed" at the first required one that fails.
Status run_hooks(Session& session, HookStage stage);
Status run_hook(Session& session, const HookConfig& hook);

}  // namespace mainstay::stacks
