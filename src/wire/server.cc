#include "wire/server.hh"

#include "base/cbor.hh"
#include "base/text.hh"
#include "wire/body.hh"
#include "wire/form.hh"
#include "wire/gzip.hh"
#include "wire/http_binding.hh"
#include "wire/json_codec.hh"
#include "wire/scalar.hh"
#include "wire/xml.hh"

namespace mainstay::wire {
namespace {

constexpr size_t unpacked_bytes_max = 64 << 20;

Result<Value> decode_form(const Operation& operation, Protocol protocol,
                          const HttpRequest& request) {
  return read_form(*operation.input,
                   parse_pairs(request.body.empty() ? request.query : request.body), protocol);
}

Result<Value> decode_rest(const Operation& operation, Protocol protocol,
                          const HttpRequest& request) {
  Value out = Value::map();
  CHECK_OK(read_bindings(operation, protocol, request, out));
  if (operation.input != nullptr)
    CHECK_OK(read_body(*operation.input, protocol, request.body, out));
  return out;
}

Result<Value> decode_body(const Operation& operation, Protocol protocol,
                          const HttpRequest& request) {
  if (is_rest(protocol)) return decode_rest(operation, protocol, request);
  if (operation.input == nullptr) return Value::map();
  if (is_form(protocol)) return decode_form(operation, protocol, request);
  return read_document(*operation.input, protocol, request.body);
}

// <NameResponse><NameResult>..</NameResult><ResponseMetadata>.., as query answers.
void encode_query(const Model& model, const Operation& operation, const Value& output,
                  std::string_view request_id, HttpResponse& response) {
  response.headers.add("Content-Type", "text/xml");
  XmlWriter writer(response.body);
  std::string root = std::string(operation.name) + "Response";
  writer.open(root, model.metadata().xml_namespace);
  if (operation.output != nullptr) {
    if (!operation.result_wrapper.empty()) writer.open(operation.result_wrapper);
    write_xml_members(writer, *operation.output, output);
    if (!operation.result_wrapper.empty()) writer.close(operation.result_wrapper);
  }
  writer.open("ResponseMetadata");
  writer.element("RequestId", request_id);
  writer.close("ResponseMetadata");
  writer.close(root);
}

void encode_ec2(const Model& model, const Operation& operation, const Value& output,
                std::string_view request_id, HttpResponse& response) {
  response.headers.add("Content-Type", "text/xml;charset=UTF-8");
  XmlWriter writer(response.body);
  writer.declaration();
  std::string root = std::string(operation.name) + "Response";
  std::string ns(model.metadata().xml_namespace);
  // EC2's namespace carries the version; botocore's model names an older host for it.
  if (!ns.empty())
    ns = "http://ec2.amazonaws.com/doc/" + std::string(model.metadata().api_version) + "/";
  writer.open(root, ns);
  writer.element("requestId", request_id);
  if (operation.output != nullptr) write_xml_members(writer, *operation.output, output);
  writer.close(root);
}

void encode_document(const Operation& operation, Protocol protocol, const Value& output,
                     HttpResponse& response) {
  static const Shape nothing;
  const Shape& shape = operation.output ? *operation.output : nothing;
  if (protocol == Protocol::rpc_v2_cbor) {
    response.headers.add("smithy-protocol", "rpc-v2-cbor");
    if (operation.output == nullptr) return;
    response.headers.add("Content-Type", "application/cbor");
    append_cbor(response.body, shape_to_cbor_document(shape, output));
    return;
  }
  response.headers.add("Content-Type", protocol == Protocol::json_1_0
                                           ? "application/x-amz-json-1.0"
                                           : "application/x-amz-json-1.1");
  append_shape_json(response.body, shape, output, false);
}

// S3's GetBucketLocation: the only member is the document.
void encode_unwrapped(const Shape& shape, std::string_view ns, const Value& output,
                      HttpResponse& response) {
  response.headers.add("Content-Type", "application/xml");
  XmlWriter writer(response.body);
  writer.declaration();
  const Member& member = shape.members[0];
  writer.open(shape.location_name, ns);
  writer.text(scalar_text(output[member.name], member, TimestampFormat::iso8601));
  writer.close(shape.location_name);
}

void encode_rest(const Model& model, const Operation& operation, Protocol protocol,
                 const Value& output, HttpResponse& response) {
  if (operation.output == nullptr) return;
  const Shape& shape = *operation.output;
  for (const Member& member : shape.members)
    if (member.location == Location::status_code)
      response.status = static_cast<int>(output[member.name].as_int(response.status));
  if (operation.unwrapped_output)
    return encode_unwrapped(shape, model.metadata().xml_namespace, output, response);
  write_headers(shape, output, response.headers);
  Root root{shape.location_name.empty() ? shape.name : shape.location_name, shape.xml_namespace,
            model.metadata().xml_namespace};
  // A document begins with its declaration.
  bool is_document =
      protocol == Protocol::rest_xml &&
      (shape.payload ? shape.payload->shape->type == Type::structure : shape.has_body_members);
  if (is_document) XmlWriter(response.body).declaration();
  size_t before = response.body.size();
  write_body(shape, protocol, root, output, response.headers, response.body);
  if (is_document && response.body.size() == before) response.body.clear();
  // A modelled JSON answer is a document even where it has no members.
  if (protocol == Protocol::rest_json && shape.payload == nullptr && response.body.empty()) {
    response.headers.set("Content-Type", "application/json");
    response.body = "{}";
  }
}

}  // namespace

Result<Value> decode_request(const Model&, const Operation& operation, Protocol protocol,
                             const HttpRequest& request) {
  bool payload_is_gzip =
      operation.gzip && request.headers.get("Content-Encoding").ends_with("gzip");
  if (!payload_is_gzip) return decode_body(operation, protocol, request);
  HttpRequest unpacked = request;
  TRY(unpacked.body, gunzip(request.body, unpacked_bytes_max));
  // What is left of the header may be bound to a member.
  std::string_view encoding = request.headers.get("Content-Encoding");
  encoding.remove_suffix(std::string_view("gzip").size());
  encoding = trim(encoding.substr(0, encoding.rfind(',')));
  unpacked.headers.erase("Content-Encoding");
  if (!encoding.empty()) unpacked.headers.add("Content-Encoding", std::string(encoding));
  return decode_body(operation, protocol, unpacked);
}

HttpResponse encode_response(const Model& model, const Operation& operation, Protocol protocol,
                             const Value& output, std::string_view request_id) {
  HttpResponse response;
  response.status = operation.response_code;
  if (protocol == Protocol::query) {
    encode_query(model, operation, output, request_id, response);
  } else if (protocol == Protocol::ec2) {
    encode_ec2(model, operation, output, request_id, response);
  } else if (is_rest(protocol)) {
    encode_rest(model, operation, protocol, output, response);
  } else {
    encode_document(operation, protocol, output, response);
  }
  if (const Value* status = output.find(":status"))
    response.status = static_cast<int>(status->as_int(response.status));
  if (operation.method == "HEAD") response.body.clear();
  add_request_id(model.metadata().is_s3, request_id, response.headers);
  return response;
}

}  // namespace mainstay::wire
