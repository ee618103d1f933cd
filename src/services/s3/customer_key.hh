// Keys that customers bring (SSE-C): "Using server-side encryption with customer-provided keys",
// S3 user guide; words recorded. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::s3 {

// Whether a request has any of the three headers; prefix: "" or "CopySource".
bool has_customer_key(const Value& in, std::string_view prefix);
// The 32 bytes that a writing request brings. Errors: InvalidArgument,
// InvalidEncryptionAlgorithmError.
Result<std::string> customer_key_to_write(const Value& in);
// The same of a reading one.
Result<std::string> customer_key_to_read(const Value& in, std::string_view prefix);
Error wrong_customer_key();

}  // namespace mainstay::s3
