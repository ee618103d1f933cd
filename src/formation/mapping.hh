// The small language in which types/*.json say how properties become the members of a call.
//
//   "$CidrBlock", "$Tags.0.Key"  a property (capital) or a variable (small: id, name, out, item,
//   ...)
//   "${A}|${B}"                  text with values in it
//   {"$each": X, "value": T}     T for every item of X, which is "$item" there
//   {"$when": X, "value": T, "else": U}   T where X is given and not false
//   {"$first": [X, Y]}           the first that is given
//   {"$json": X}                 X as JSON text, unless it is text already
//   {"$json_with": X, "member": A, "value": B}  X, a JSON object as text, with a member more
//   {"$wrap": X}                 X as a list, unless it is one already
//   {"$after": X, "text": "/"}   the text of X after the last "/"
//   {"$named": X}                list of {Key, Value} as a map
//   {"$pairs": X}                map as a list of {Key, Value}
//   {"$tag_spec": "vpc"}         EC2's TagSpecifications with the resource's tags
//   {"$find": X, "member": "A", "is": Y, "get": "B"}  B of the item of X whose A is Y
//   {"$choose": X, "from": {"A": "a"}}  what stands for X in the table; X itself where nothing does
//   {"$use": "macro", "with": X} a macro of the same file, with X as "$item"
//
// What is not given is left out, and so is a map or list of which nothing is left. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/value.hh"

namespace mainstay::formation {

struct Scope {
  Value properties;
  Value variables;
  const Value* macros = nullptr;

  const Value& find(std::string_view path) const;
};

// The template with everything filled in; null where it is to be left out.
Value expand(const Value& pattern, const Scope& scope);

// Is the property of that name used anywhere in the pattern?
bool mentions(const Value& pattern, std::string_view property);

}  // namespace mainstay::formation
