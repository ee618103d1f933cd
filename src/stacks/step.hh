// What up and down do with one stack.
#pragma once

#include "stacks/session.hh"

namespace mainstay::stacks {

struct StepDone {
  bool skipped = false;
  bool changed = false;
  bool declined = false;  // skipped, as somebody was asked and said no
};

// Both report every state they go through, the last one too. Errors are those of the stack's
// failure: "StackFailed" (rolled back), "RollbackFailed", "ApprovalNeeded", "PlanStale",
// "Interrupted", "WaitTimeout", and whatever AWS or the configuration said.
Result<StepDone> bring_up_stack(Session& session, const StackConfig& stack);
// Asked of every stack before the first one goes: false where its data was not given up.
Result<bool> may_be_taken_down(Session& session, const StackConfig& stack);
Result<StepDone> take_down_stack(Session& session, const StackConfig& stack);

}  // namespace mainstay::stacks
