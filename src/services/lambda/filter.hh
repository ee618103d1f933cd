// Filter criteria of event source mappings ("Control which events Lambda sends to your function").
#pragma once

#include "services/lambda/name.hh"

namespace mainstay::lambda {

// Error: InvalidParameterValueException for a pattern that is none.
Status check_filters(const Value& criteria);
// Does a record of a queue fit one of the patterns? Without patterns every one does.
bool passes_filters(const Value& criteria, const Value& record);

}  // namespace mainstay::lambda
