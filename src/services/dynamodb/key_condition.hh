// KeyConditionExpression: which part of a table's or an index's keys a query means.
#pragma once

#include "services/dynamodb/expression.hh"
#include "services/dynamodb/key.hh"

namespace mainstay::dynamodb {

// Encoded keys (key.hh) from `low` up to, and without, `high`.
struct KeyRange {
  std::string low, high;
};
// After every key: digits, 'a' to 'f' and '.' are all that keys have.
inline constexpr const char* after_all_keys = "g";

Result<KeyRange> read_key_condition(const Condition& condition, const KeySchema& schema);

}  // namespace mainstay::dynamodb
