// Events on their way to a target: the call that the target's ARN means, in the outbox.
#pragma once

#include <string>
#include <string_view>

#include "services/events/publish.hh"

namespace mainstay::events {

// What PutTargets refuses: kinds of targets that are not here, and what a kind needs.
Status check_target(const Value& target);

// As the rule's, or as the role that the target names. What can't be delivered goes to the target's
// dead-letter queue.
void deliver(Call& call, const Value& rule, const Value& target, const Event& event);

}  // namespace mainstay::events
