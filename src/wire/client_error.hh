// Error answers into Errors. Used by decode_response.
#pragma once

#include "base/error.hh"
#include "base/http_message.hh"
#include "wire/model.hh"

namespace mainstay::wire {

// Never fails: a body that cannot be read leaves an error whose code is the HTTP status.
Error decode_error(const Model& model, const Operation& operation, Protocol protocol,
                   const HttpResponse& response);

}  // namespace mainstay::wire
