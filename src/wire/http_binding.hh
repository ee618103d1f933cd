// HTTP bindings of the REST protocols: labels of the path, query parameters and headers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "base/http_message.hh"
#include "base/value.hh"
#include "wire/model.hh"

namespace mainstay::wire {

// The value of each label of a path, or false if the path is not of this form. Values are still
// percent-encoded. A slash at the end makes no difference, except within a greedy label.
bool match_path(const std::vector<PathSegment>& form, std::string_view path,
                std::vector<std::string_view>& labels);

// Members of an input out of path, query and headers. Errors: "InvalidArgument" or
// SerializationException by the protocol.
Status read_bindings(const Operation& operation, Protocol protocol, const HttpRequest& request,
                     Value& out);
// Members in headers, of an output or an error.
Status read_headers(const Shape& shape, const Headers& headers, Value& out);

// Fills path and query of the request. Error: "ParamValidation".
Status write_uri(const Operation& operation, const Value& input, HttpRequest& request);
void write_headers(const Shape& shape, const Value& v, Headers& headers);

}  // namespace mainstay::wire
