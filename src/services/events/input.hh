// What of an event a target is given.
#pragma once

#include <string>

#include "services/events/publish.hh"

namespace mainstay::events {

// Errors ValidationException: several ways named at once, or one that can't be read.
Status check_input(const Value& target);

// The text for the target. Errors: that nothing can be made of this event.
Result<std::string> input_for(Call& call, const Value& rule, const Value& target,
                              const Event& event);

}  // namespace mainstay::events
