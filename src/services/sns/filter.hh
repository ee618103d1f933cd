// Filter policies: which messages a subscription wants. Source: SNS developer guide, "Amazon SNS
// subscription filter policies" (scope, operators, constraints). Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::sns {

// A policy as it was written, checked. Errors: InvalidParameter in AWS's words. Limits: five keys
// at the top (of attributes), 150 combinations of values, each counted by its depth.
Result<Value> parse_filter(const std::string& text, bool in_body);

// Whether a message passes. attributes: as Publish has them ({DataType, StringValue, ...} by name).
bool passes_attributes(const Value& filter, const Value& attributes);
// body: the message's JSON; one that is none passes no filter.
bool passes_body(const Value& filter, const std::string& message);

}  // namespace mainstay::sns
