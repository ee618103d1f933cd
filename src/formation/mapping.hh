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
//   {"$small": X, "keep": ["Options"], "as": {"A": "b"}}  X with names that begin small, at every
//                                depth, but for maps under the names to keep, whose keys are the
//                                user's; "as" has names that are others altogether
//   {"$tag_spec": "vpc"}         EC2's TagSpecifications with the resource's tags
//   {"$decode": X}               X with %41 read as A
//   {"$where": X, "member": "A.B", "is": Y}  the items of X whose A.B is Y, compared as text or as
//                                what "alike" says (see alike below)
//   {"$find": X, "member": "A", "is": Y, "get": "B.C"}  B.C of the first of these; without "get"
//   the
//                                item itself
//   {"$choose": X, "from": {"A": "a"}}  what stands for X in the table; X itself where nothing does
//   {"$inline_code": X, "runtime": Y}  a function's Code with its ZipFile, a text, as a ZIP file
//                                (inline_code.hh)
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

// Do two texts mean the same? kind: "domain" for names in DNS, where case, a dot at the end and
// "\052" for "*" say nothing; "network" for 192.168.1.0/0, which is 0.0.0.0/0; else texts as such.
bool alike(std::string_view kind, const std::string& a, const std::string& b);

// Is the property of that name used anywhere in the pattern?
bool mentions(const Value& pattern, std::string_view property);

}  // namespace mainstay::formation
