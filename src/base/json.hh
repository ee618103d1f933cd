// JSON text to Value and back. Reading is Boost.JSON's parser; duplicate keys keep the last value,
// as AWS does. Bytes are written as base64 text and times as epoch seconds, so those two kinds do
// not survive a round trip (cbor.hh keeps them).
#pragma once

#include <string>
#include <string_view>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay {

// Limits: depth levels of nesting. Errors: "JsonInvalid" with the position.
Result<Value> parse_json(std::string_view text, int depth_max = 64);

// Compact, members in their order.
std::string to_json(const Value& v);
void append_json(std::string& out, const Value& v);
// Indented by two spaces.
std::string to_json_pretty(const Value& v);
// Compact with members sorted by key: equal values have equal text.
std::string to_canonical_json(const Value& v);
// "text" with quotes and escapes.
void append_json_string(std::string& out, std::string_view text);

}  // namespace mainstay
