// What a stack's NotificationARNs are told: each event, as a message of its own.
#pragma once

#include "formation/records.hh"

namespace mainstay::formation {

// Part of the change that the event tells of; in the stack's order, as whoever began the operation.
void publish_event(Call& call, const Value& stack, const Value& event);

}  // namespace mainstay::formation
