// The form bodies of the query and ec2 protocols.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"
#include "wire/model.hh"

namespace mainstay::wire {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// Decoded names and values of a form body or a query string, in order.
Pairs parse_pairs(std::string_view text);
// The value of a parameter of a form body or query string without parsing the rest; "" if absent.
std::string find_parameter(std::string_view text, std::string_view name);

// The input in a form. Errors as server.hh says. Limits: 64 levels of dots.
Result<Value> read_form(const Shape& shape, Pairs pairs, Protocol protocol);

// Appends "&Name=value" for every member.
void append_form(std::string& out, const Shape& shape, const Value& v, Protocol protocol);

}  // namespace mainstay::wire
