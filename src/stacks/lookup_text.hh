// Texts with lookups in them: "a-${output vpc::Id}-b". Lookups nest: "${default x::${envvar Y}}".
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::stacks {

struct LookupPiece {
  bool is_lookup = false;
  std::string text;                 // the literal text, or the lookup's name
  std::vector<LookupPiece> inside;  // what the lookup is of
};

// Errors: "LookupInvalid" for one that is not closed, has no name or nothing after it. Limit: 16
// levels.
Result<std::vector<LookupPiece>> parse_lookups(std::string_view text);

// Names of stacks that "output" lookups anywhere in v refer to; where a name is itself looked up,
// it can't be told. Errors as above.
Result<std::set<std::string>> output_dependencies(const Value& v);

}  // namespace mainstay::stacks
