// What services' errors mean for a resource, beside those that provider.hh names.
#pragma once

#include <string>

#include "formation/provider.hh"

namespace mainstay::formation {

bool is_gone(const Error& error);
bool is_there_already(const Error& error);
// By what the step of a spec says ("retry", "busy").
bool may_pass(const Value& step, const Error& error, bool removing);
bool is_busy(const Value& step, const Error& error);
// It is in a state that will never be the one that is waited for.
Error not_stabilized(const Subject& s, const std::string& state);
// What a handler says of itself where it gives up.
Error handler_failed(const Subject& s, const std::string& message);

}  // namespace mainstay::formation
