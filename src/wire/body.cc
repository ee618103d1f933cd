#include "wire/body.hh"

#include "base/cbor.hh"
#include "base/json.hh"
#include "wire/json_codec.hh"
#include "wire/scalar.hh"
#include "wire/xml.hh"

namespace mainstay::wire {
namespace {

constexpr TimestampFormat text_time = TimestampFormat::iso8601;

void set_default(Headers& headers, std::string_view name, std::string_view value) {
  if (!headers.has(name)) headers.add(name, std::string(value));
}

std::string_view content_type(Protocol protocol) {
  return protocol == Protocol::rest_json ? "application/json" : "application/xml";
}

// The element of a payload: the member's own name for it, else its shape's, else the shape's name
// (botocore's rest-xml serializer, then Smithy's xmlName). A locationName that repeats the member's
// name yields to the shape's.
std::string_view payload_root(const Member& member) {
  std::string_view own = member.location_name, shape = member.shape->location_name;
  if (!own.empty() && (own != member.name || shape.empty())) return own;
  return shape.empty() ? member.shape->name : shape;
}

void write_xml_element(const Shape& shape, const Root& root, const Value& v, std::string& body) {
  XmlWriter writer(body);
  writer.start(root.name);
  if (root.ns != nullptr) {
    bool prefixed = !root.ns->prefix.empty();
    writer.attribute(prefixed ? "xmlns:" + std::string(root.ns->prefix) : "xmlns", root.ns->uri);
  } else if (!root.default_namespace.empty()) {
    writer.attribute("xmlns", root.default_namespace);
  }
  write_xml_attributes(writer, shape, v);
  writer.finish();
  write_xml_members(writer, shape, v);
  writer.close(root.name);
}

void write_payload(const Member& member, Protocol protocol, const Root& root, const Value& v,
                   Headers& headers, std::string& body) {
  const Shape& shape = *member.shape;
  if (shape.type == Type::blob || (shape.type == Type::string && !member.jsonvalue)) {
    set_default(headers, "Content-Type",
                shape.type == Type::blob ? "application/octet-stream" : "text/plain");
    body = v.is_string() || v.is_bytes() ? v.as_bytes() : v.to_text();
    return;
  }
  set_default(headers, "Content-Type", content_type(protocol));
  if (protocol == Protocol::rest_json) return append_shape_json(body, shape, v, false);
  std::string_view name = payload_root(member);
  if (shape.type == Type::structure) {
    const XmlNamespace* ns = member.xml_namespace;
    return write_xml_element(shape, {name, ns, root.default_namespace}, v, body);
  }
  XmlWriter writer(body);
  Member named = member;
  named.wire_name = name;
  write_xml_member(writer, named, v);
}

Status read_payload(const Member& member, Protocol protocol, const std::string& body, Value& out) {
  const Shape& shape = *member.shape;
  if (body.empty() && !(member.streaming && shape.type == Type::blob)) return {};
  if (shape.type == Type::blob) {
    out.set(member.name, Value(Bytes{body}));
  } else if (shape.type == Type::string) {
    out.set(member.name, Value(body));
  } else if (protocol == Protocol::rest_json) {
    TRY(Value v, read_document(shape, protocol, body));
    out.set(member.name, std::move(v));
  } else {
    TRY(XmlDocument document, parse_xml(body));
    TRY(Value v, read_xml_shape(shape, xml_root(document)));
    out.set(member.name, std::move(v));
  }
  return {};
}

}  // namespace

void write_body(const Shape& shape, Protocol protocol, const Root& root, const Value& v,
                Headers& headers, std::string& body) {
  if (const Member* payload = shape.payload) {
    const Value* item = v.find(payload->name);
    if (item != nullptr && !item->is_null())
      write_payload(*payload, protocol, root, *item, headers, body);
    return;
  }
  if (!shape.has_body_members) return;
  set_default(headers, "Content-Type", content_type(protocol));
  if (protocol == Protocol::rest_json) {
    append_shape_json(body, shape, v, true);
  } else {
    write_xml_element(shape, root, v, body);
  }
}

Status read_body(const Shape& shape, Protocol protocol, const std::string& body, Value& out) {
  if (shape.payload != nullptr) return read_payload(*shape.payload, protocol, body, out);
  if (!shape.has_body_members || body.empty()) return {};
  if (protocol == Protocol::rest_xml) {
    TRY(XmlDocument document, parse_xml(body));
    return read_xml_members(shape, xml_root(document), out);
  }
  TRY(Value v, read_document(shape, protocol, body));
  for (const auto& [name, item] : v.members())
    if (shape.member(name)->location == Location::body) out.set(name, item);
  return {};
}

Result<Value> read_document(const Shape& shape, Protocol protocol, const std::string& body) {
  if (body.empty()) return Value::map();
  bool cbor = protocol == Protocol::rpc_v2_cbor;
  auto parsed = cbor ? parse_cbor(body) : parse_json(body);
  if (!parsed) return aws_error("SerializationException", parsed.error().to_string());
  return shape_from_document(shape, std::move(*parsed), cbor ? Notation::cbor : Notation::json);
}

}  // namespace mainstay::wire
