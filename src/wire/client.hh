// The caller's side of the wire: Values into requests, responses into Values, by the model. Values
// are as server.hh says. Pure; safe from many threads at once.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/error.hh"
#include "base/http_message.hh"
#include "base/value.hh"
#include "wire/model.hh"

namespace mainstay::wire {

struct EncodeOptions {
  // Makes a token for members with the idempotencyToken trait that the input lacks; none if empty.
  std::function<std::string()> idempotency_token;
  // Bodies of operations that allow it are gzipped from this size on, bytes; 0: never.
  size_t gzip_min_bytes = 10240;
};

// Path, query, headers and body; not Host (see host_prefix) and no signature. Errors:
// "ParamValidation" where a label of the path or host is missing or empty.
Result<HttpRequest> encode_request(const Model& model, const Operation& operation,
                                   Protocol protocol, const Value& input,
                                   const EncodeOptions& options = {});

// What goes before the endpoint's host name, labels filled in; mostly "".
Result<std::string> host_prefix(const Operation& operation, const Value& input);

// An error answer becomes an Error with AWS's code, message, status and modelled fields.
Result<Value> decode_response(const Model& model, const Operation& operation, Protocol protocol,
                              const HttpResponse& response);

}  // namespace mainstay::wire
