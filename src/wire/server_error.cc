#include "base/cbor.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "wire/http_binding.hh"
#include "wire/json_codec.hh"
#include "wire/server.hh"
#include "wire/xml.hh"

namespace mainstay::wire {
namespace {

// An error with what its model adds.
struct Answer {
  const Shape* shape = nullptr;  // may be null
  std::string_view code;         // on the wire, in XML and query-compatible headers
  std::string_view name;         // of the exception, in JSON and CBOR
  std::string_view message;
  std::string_view request_id;
  const Value* fields = nullptr;  // never null once made
  int status = 400;
  bool is_s3 = false;
  bool query_compatible = false;
  bool detail = false;
  std::string_view xml_namespace;

  std::string_view sender() const { return status >= 500 ? "Receiver" : "Sender"; }
};

constexpr size_t s3_host_id_bytes = 56;

int status_of(const Error& error, const Shape* shape) {
  if (error.status != 0) return error.status;
  if (shape != nullptr && shape->error_status != 0) return shape->error_status;
  return shape != nullptr && shape->fault ? 500 : 400;
}

Answer answer_of(const Model* model, const Error& error, std::string_view request_id) {
  static const Value nothing = Value::map();
  Answer a;
  if (model != nullptr) {
    const Metadata& m = model->metadata();
    a.shape = model->error(error.code);
    a.is_s3 = m.is_s3;
    a.query_compatible = m.query_compatible;
    a.detail = m.error_detail;
    a.xml_namespace = m.xml_namespace;
  }
  a.code = a.name = error.code;
  if (a.shape != nullptr) {
    a.name = a.shape->name;
    a.code = a.shape->error_code.empty() ? a.shape->name : a.shape->error_code;
  }
  a.message = error.message;
  a.request_id = request_id;
  a.fields = error.fields ? error.fields.get() : &nothing;
  a.status = status_of(error, a.shape);
  return a;
}

bool is_message(std::string_view name) {
  return name == "message" || name == "Message";
}

std::string_view message_name(const Answer& a) {
  if (a.shape != nullptr)
    for (const Member& member : a.shape->members)
      if (is_message(member.name)) return member.wire_name;
  return "message";
}

// Fields in the model's form, and scalars that the model lacks (S3 has many) as they are.
void write_xml_fields(XmlWriter& writer, const Answer& a) {
  if (a.shape != nullptr)
    for (const Member& member : a.shape->members)
      if (const Value* v = a.fields->find(member.name);
          v != nullptr && member.location == Location::body && !is_message(member.name))
        write_xml_member(writer, member, *v);
  for (const auto& [name, v] : a.fields->members())
    if (v.is_scalar() && (a.shape == nullptr || a.shape->member(name) == nullptr))
      writer.element(name, v.to_text());
}

void write_error_element(XmlWriter& writer, const Answer& a, bool with_type) {
  writer.open("Error");
  if (with_type) writer.element("Type", a.sender());
  writer.element("Code", a.code);
  writer.element("Message", a.message);
  write_xml_fields(writer, a);
  if (a.detail) writer.element("Detail", "");
  if (a.is_s3) {
    writer.element("RequestId", a.request_id);
    writer.element("HostId", s3_host_id(a.request_id));
  }
  writer.close("Error");
}

void encode_xml(const Answer& a, Protocol protocol, HttpResponse& response) {
  response.headers.set("Content-Type", protocol == Protocol::rest_xml ? "application/xml"
                                       : protocol == Protocol::ec2    ? "text/xml;charset=UTF-8"
                                                                      : "text/xml");
  XmlWriter writer(response.body);
  if (protocol == Protocol::ec2) {
    writer.declaration();
    writer.open("Response");
    writer.open("Errors");
    write_error_element(writer, a, false);
    writer.close("Errors");
    writer.element("RequestID", a.request_id);
    return writer.close("Response");
  }
  if (a.is_s3) {
    writer.declaration();
    return write_error_element(writer, a, false);
  }
  writer.open("ErrorResponse", a.xml_namespace);
  write_error_element(writer, a, true);
  writer.element("RequestId", a.request_id);
  writer.close("ErrorResponse");
}

// The members of a JSON or CBOR error, named as on the wire.
Value error_document(const Answer& a, bool with_type) {
  Value out = Value::map();
  if (with_type) out.set("__type", a.name);
  if (a.shape != nullptr) {
    Value modelled = shape_to_cbor_document(*a.shape, *a.fields);
    for (const auto& [name, v] : modelled.members()) out.set(name, v);
  }
  for (const auto& [name, v] : a.fields->members())
    if (a.shape == nullptr || a.shape->member(name) == nullptr) out.set(name, v);
  // An error without words has no message at all (recorded on AWS: KMS's
  // InvalidCiphertextException).
  if (!a.message.empty()) out.set(message_name(a), a.message);
  return out;
}

Value without_bound_members(const Answer& a, Value document) {
  if (a.shape != nullptr)
    for (const Member& member : a.shape->members)
      if (member.location != Location::body) document.erase(member.wire_name);
  return document;
}

void encode_document_error(const Answer& a, Protocol protocol, HttpResponse& response) {
  bool rest = protocol == Protocol::rest_json;
  Value document = error_document(a, !rest);
  if (rest) {
    document = without_bound_members(a, std::move(document));
    response.headers.set("x-amzn-errortype", std::string(a.name));
  }
  if (a.query_compatible)
    response.headers.set("x-amzn-query-error", std::string(a.code) + ";" + std::string(a.sender()));
  if (protocol == Protocol::rpc_v2_cbor) {
    response.headers.set("Content-Type", "application/cbor");
    response.headers.set("smithy-protocol", "rpc-v2-cbor");
    append_cbor(response.body, document);
    return;
  }
  response.headers.set("Content-Type", rest ? "application/json"
                                       : protocol == Protocol::json_1_0
                                           ? "application/x-amz-json-1.0"
                                           : "application/x-amz-json-1.1");
  append_json(response.body, document);
}

HttpResponse encode(const Answer& a, const Operation* operation, Protocol protocol) {
  HttpResponse response;
  response.status = a.status;
  if (a.shape != nullptr && is_rest(protocol)) write_headers(*a.shape, *a.fields, response.headers);
  if (is_form(protocol) || protocol == Protocol::rest_xml) {
    encode_xml(a, protocol, response);
  } else {
    encode_document_error(a, protocol, response);
  }
  bool bodiless = a.status == 304 || (operation != nullptr && operation->method == "HEAD");
  if (bodiless) {
    response.body.clear();
    response.headers.erase("Content-Type");
  }
  add_request_id(a.is_s3, a.request_id, response.headers);
  return response;
}

}  // namespace

std::string s3_host_id(std::string_view request_id) {
  std::string id;
  while (id.size() < s3_host_id_bytes && !request_id.empty()) id += request_id;
  id.resize(std::min(id.size(), s3_host_id_bytes));
  return base64_encode(id);
}

void add_request_id(bool is_s3, std::string_view request_id, Headers& headers) {
  if (!is_s3) return headers.set("x-amzn-RequestId", std::string(request_id));
  headers.set("x-amz-request-id", std::string(request_id));
  headers.set("x-amz-id-2", s3_host_id(request_id));
  headers.set("Server", "AmazonS3");
}

HttpResponse encode_error(const Model& model, const Operation* operation, Protocol protocol,
                          const Error& error, std::string_view request_id) {
  return encode(answer_of(&model, error, request_id), operation, protocol);
}

HttpResponse encode_error(Protocol protocol, const Error& error, std::string_view request_id) {
  return encode(answer_of(nullptr, error, request_id), nullptr, protocol);
}

}  // namespace mainstay::wire
