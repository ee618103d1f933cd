// Attribute values, {"S": "x"}, {"L": [...]}, as they are sent, kept and compared.
#pragma once

#include <compare>
#include <optional>
#include <string_view>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::dynamodb {

Error validation(std::string message);

// "S", "N", ..., "" for what is none; and what is under it.
const std::string& type_of(const Value& attribute);
const Value& content_of(const Value& attribute);
bool is_set_type(std::string_view type);

// As it is kept: numbers in their shortest form. Errors: DynamoDB's for values that are no value.
// Limit: 32 levels.
Result<Value> read_attribute(const Value& sent);
Result<Value> read_item(const Value& sent);

// Bytes as DynamoDB counts them (developer guide, "Item sizes and formats").
int64_t size_of(const Value& attribute);
int64_t size_of_item(const Value& item);

// Sets are equal in any order; numbers by value.
bool equal(const Value& a, const Value& b);
// Of two strings, numbers or byte strings; nothing where types differ or have no order.
std::optional<std::strong_ordering> order(const Value& a, const Value& b);

}  // namespace mainstay::dynamodb
