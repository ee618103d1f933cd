// What a plain YAML scalar means.
#pragma once

#include <string_view>

#include "base/value.hh"

namespace mainstay::cfn {

// As PyYAML's safe loader resolves it (its YAML 1.1 tables), dates excepted, which stay text.
// Integers beyond 64 bits stay text.
Value resolve_plain_scalar(std::string_view text);

// As JSON has it: true, false, null and numbers; anything else is text.
Value resolve_json_scalar(std::string_view text);

}  // namespace mainstay::cfn
