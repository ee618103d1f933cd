// AWS's words for what is wrong with a template, where more than one file says them.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::cfn {

namespace messages {
inline constexpr std::string_view ref_form =
    "Template error: every Ref object must have a single String value.";
inline constexpr std::string_view get_att_form =
    "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name "
    "and the resource attribute";
inline constexpr std::string_view sub_form =
    "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. "
    "Specify a string as first argument, and an optional second argument to specify a mapping of "
    "values to replace in the string";
inline constexpr std::string_view sub_name =
    "Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, "
    "underscores, periods, and colons";
}  // namespace messages

inline Error template_error(std::string_view message) {
  return Error("ValidationError", std::string(message));
}

// Resource and attribute of an Fn::GetAtt's argument, "a.b" or [a, b]; either may be a function.
Result<std::pair<Value, Value>> split_get_att(const Value& argument);

}  // namespace mainstay::cfn
