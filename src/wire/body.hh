// Bodies of the REST protocols, the same for requests and responses.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hh"
#include "base/http_message.hh"
#include "base/value.hh"
#include "wire/model.hh"

namespace mainstay::wire {

// Names the XML element around members that are the body.
struct Root {
  std::string_view name;
  const XmlNamespace* ns = nullptr;
  std::string_view default_namespace;
};

// Body members, or the payload, of a structure into a body; sets Content-Type unless a header
// member already has.
void write_body(const Shape& shape, Protocol protocol, const Root& root, const Value& v,
                Headers& headers, std::string& body);
// The reverse; members go into out.
Status read_body(const Shape& shape, Protocol protocol, const std::string& body, Value& out);

// A JSON or CBOR body that is the whole of a shape; an empty body is an empty structure.
Result<Value> read_document(const Shape& shape, Protocol protocol, const std::string& body);

}  // namespace mainstay::wire
