// The language of declared templates: see library/README.md.
#pragma once

#include <optional>
#include <string>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::blueprints {

// What names stand for: variables, and what loops bind.
using Scope = Map;

// The part of a template with everything filled in; nothing where a condition leaves it out.
// Error "BlueprintInvalid" for a declaration that can't be made sense of. Limit: depth 64.
Result<std::optional<Value>> expand(const Value& part, const Scope& scope, int depth = 0);

// As Python has it: not false, 0, "", null, [] or {}.
bool is_truthy(const Value& v);

}  // namespace mainstay::blueprints
