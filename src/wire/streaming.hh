// S3's streaming bodies (Content-Encoding: aws-chunked), the forms that x-amz-content-sha256 names:
// STREAMING-AWS4-HMAC-SHA256-PAYLOAD, the same with -TRAILER, STREAMING-UNSIGNED-PAYLOAD-TRAILER.
// Source: S3 API reference, "Signature calculations: transferring a payload in multiple chunks" and
// "... with trailing headers".
#pragma once

#include <string>

#include "base/error.hh"
#include "base/http_message.hh"
#include "wire/sigv4.hh"

namespace mainstay::wire {

bool is_streaming(const HttpRequest& request);

// Replaces a streaming body by what it carries: checks chunk and trailer signatures where the form
// is signed and verified is not null, the decoded length, and the checksums, trailers included.
// Trailers become headers; aws-chunked goes from Content-Encoding. Other requests stay as they are.
// Errors: SignatureDoesNotMatch (403), IncompleteBody, MalformedTrailerError, BadDigest,
// InvalidRequest (400).
Status unpack_streaming(HttpRequest& request, const Verified* verified);

// The reverse, for clients and tests: a signed body of chunks of the given size.
std::string pack_signed_chunks(std::string_view data, size_t chunk_bytes, const Verified& seed,
                               std::string_view trailer_name = {},
                               std::string_view trailer_value = {});
std::string pack_unsigned_chunks(std::string_view data, size_t chunk_bytes,
                                 std::string_view trailer_name, std::string_view trailer_value);

}  // namespace mainstay::wire
