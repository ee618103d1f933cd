// The HTTP interface that a runtime gets its events from, as messages: see "Using the Lambda
// runtime API for custom runtimes" and its OpenAPI specification. No state, no I/O.
#pragma once

#include <cstdint>
#include <string>

#include "backings/function.hh"
#include "base/http_message.hh"

namespace mainstay::backings {

struct RuntimeRequest {
  enum class Kind { next, response, error, init_error, other } kind = Kind::other;
  std::string request_id;  // of response and error
};
RuntimeRequest read_runtime_request(const HttpRequest& http);

// The answer to `next`: an event. deadline_ms: since 1970.
HttpResponse event_response(const FunctionEvent& event, int64_t deadline_ms);
HttpResponse accepted_response();
HttpResponse refused_response(int status, std::string_view type, const std::string& message);

}  // namespace mainstay::backings
