// Events on their way to a target: the call that the target's ARN means, in the outbox.
#pragma once

#include <string>
#include <string_view>

#include "services/events/publish.hh"

namespace mainstay::events {

// What PutTargets refuses: kinds of targets that are not here, and what a kind needs. Stacks may
// have such kinds, as they may have resources of types that nothing here runs: each event for them
// fails, and the server says so when the target is put.
Status check_target(Call& call, const Value& target);

// As the rule's, or as the role that the target names. What can't be delivered goes to the target's
// dead-letter queue.
void deliver(Call& call, const Value& rule, const Value& target, const Event& event);

}  // namespace mainstay::events
