// Puts an environment's values where a configuration says ${key} (or $key). Lookups, which have
// white space after their name, are left alone; so are keys that the environment lacks: whether
// one is missed is only known when it is used (comments and disabled stacks never are).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/value.hh"

namespace mainstay::stacks {

// In raw text, as Python's string.Template does it; "$$" is a dollar sign.
std::string substitute_text(std::string_view text, const Map& values);

// In a value that was read: a text that is nothing but one ${key} becomes the value of whatever
// type; elsewhere scalars are put in as text. Keys of maps are left alone.
Value substitute_value(const Value& v, const Map& values);

// The first ${key} left in a text.
std::optional<std::string> missing_key(std::string_view text);

}  // namespace mainstay::stacks
