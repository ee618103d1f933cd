// CBOR (RFC 8949) to Value and back, every kind kept: bytes as byte strings, times as tag 1.
// Used by the journal and by the rpc-v2-cbor protocol.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay {

std::string to_cbor(const Value& v);
void append_cbor(std::string& out, const Value& v);
// How long to_cbor(v) is, without making it.
size_t cbor_size(const Value& v);

// Definite and indefinite lengths, half, single and double floats. Errors: "CborInvalid" with the
// byte offset. Limits: depth_max levels; lengths never exceed the input.
Result<Value> parse_cbor(std::string_view bytes, int depth_max = 64);

}  // namespace mainstay
