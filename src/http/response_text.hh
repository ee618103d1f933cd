// A response's head as it goes over the wire.
#pragma once

#include <string>
#include <string_view>

#include "base/http_message.hh"

namespace mainstay::http {

// "Not Found" of 404.
std::string_view reason_of(int status);

// Appends status line and header fields to out, with Content-Length (Transfer-Encoding where the
// length is not known and chunks are allowed) unless the response brings its own or its status has
// no body. Control characters in names and values are dropped, so that no text can add a field.
// Returns whether the body is to be sent after it.
bool append_head(std::string& out, const HttpResponse& response, bool head_request, bool keep_alive,
                 bool chunks_allowed);
// The line before a chunk of so many bytes; 0 ends the body.
std::string chunk_head(size_t bytes);

}  // namespace mainstay::http
