// The JSON of the json and rest-json protocols, and the CBOR of rpc-v2-cbor, by shape.
#pragma once

#include <string>

#include "base/error.hh"
#include "base/value.hh"
#include "wire/model.hh"

namespace mainstay::wire {

enum class Notation : uint8_t { json, cbor };

// Takes parsed JSON or CBOR into the Value of the shape. Unknown members and nulls are dropped.
// Errors: SerializationException with AWS's words.
Result<Value> shape_from_document(const Shape& shape, Value&& document, Notation notation);

// Only body members where the shape is the top of an HTTP binding (body_only).
void append_shape_json(std::string& out, const Shape& shape, const Value& v, bool body_only);

// The document that to_cbor writes.
Value shape_to_cbor_document(const Shape& shape, const Value& v);

}  // namespace mainstay::wire
