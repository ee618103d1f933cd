// What a type's spec says about itself: which properties it can change, and which changes replace.
#pragma once

#include <string>
#include <string_view>

#include "formation/provider.hh"

namespace mainstay::formation {

// What tells an item of a list from others: a member of it, or all of it. (`key_of` is a stack's.)
std::string item_key(const Value& item, const Value& by);
// Whether the spec's steps change that property.
bool claims(const Value& spec, std::string_view property);

}  // namespace mainstay::formation
