// Scalars between Values and the text of XML, forms, headers, paths and queries.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hh"
#include "base/value.hh"
#include "wire/model.hh"

namespace mainstay::wire {

// Text of a value by its member's shape: blobs as base64, timestamps in the member's format, else
// in otherwise. A value of another kind than the shape's is written as its own kind is.
void append_scalar(std::string& out, const Value& v, const Member& member,
                   TimestampFormat otherwise);
std::string scalar_text(const Value& v, const Member& member, TimestampFormat otherwise);

// Error "SerializationException" names the type that was expected; callers give it the code of
// their protocol.
Result<Value> parse_scalar(std::string_view text, const Member& member);

std::string format_time(Time t, TimestampFormat format);
// From a Time, epoch seconds as a number, or text in any of the formats.
bool to_time(const Value& v, Time& out);

std::string_view type_name(Type type);

}  // namespace mainstay::wire
