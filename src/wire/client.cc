#include "wire/client.hh"

#include "base/cbor.hh"
#include "base/digest.hh"
#include "base/text.hh"
#include "wire/body.hh"
#include "wire/client_error.hh"
#include "wire/form.hh"
#include "wire/gzip.hh"
#include "wire/http_binding.hh"
#include "wire/json_codec.hh"
#include "wire/scalar.hh"
#include "wire/xml.hh"

namespace mainstay::wire {
namespace {

Value with_tokens(const Operation& operation, const Value& input, const EncodeOptions& options) {
  Value out = input;
  if (operation.input == nullptr || !options.idempotency_token) return out;
  for (const Member& member : operation.input->members)
    if (member.idempotency_token && !input.has(member.name))
      out.set(member.name, options.idempotency_token());
  return out;
}

void encode_form(const Model& model, const Operation& operation, Protocol protocol,
                 const Value& input, HttpRequest& request) {
  request.headers.add("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  request.body = "Action=" + percent_encode(operation.name) +
                 "&Version=" + percent_encode(model.metadata().api_version);
  if (operation.input != nullptr) append_form(request.body, *operation.input, input, protocol);
}

void encode_json(const Model& model, const Operation& operation, Protocol protocol,
                 const Value& input, HttpRequest& request) {
  const Metadata& m = model.metadata();
  request.headers.add("Content-Type", protocol == Protocol::json_1_0
                                          ? "application/x-amz-json-1.0"
                                          : "application/x-amz-json-1.1");
  request.headers.add("X-Amz-Target",
                      std::string(m.target_prefix) + "." + std::string(operation.name));
  if (operation.input == nullptr) {
    request.body = "{}";
  } else {
    append_shape_json(request.body, *operation.input, input, false);
  }
}

void encode_cbor(const Model& model, const Operation& operation, const Value& input,
                 HttpRequest& request) {
  request.path = "/service/" + std::string(model.metadata().target_prefix) + "/operation/" +
                 std::string(operation.name);
  request.headers.add("Accept", "application/cbor");
  request.headers.add("smithy-protocol", "rpc-v2-cbor");
  if (operation.input == nullptr) return;
  request.headers.add("Content-Type", "application/cbor");
  append_cbor(request.body, shape_to_cbor_document(*operation.input, input));
}

Status encode_rest(const Operation& operation, Protocol protocol, const Value& input,
                   HttpRequest& request) {
  request.method = operation.method;
  CHECK_OK(write_uri(operation, input, request));
  if (operation.input == nullptr) return {};
  const Shape& shape = *operation.input;
  write_headers(shape, input, request.headers);
  bool any = false;
  for (const Member& member : shape.members)
    any |= member.location == Location::body && input.has(member.name);
  // An XML body without members is left out; an empty JSON one is sent.
  if (!any && protocol == Protocol::rest_xml && shape.payload == nullptr) return {};
  std::string_view name = !shape.location_name.empty()    ? shape.location_name
                          : !operation.input_root.empty() ? operation.input_root
                                                          : shape.name;
  const XmlNamespace* ns =
      operation.input_namespace ? operation.input_namespace : shape.xml_namespace;
  write_body(shape, protocol, {name, ns, {}}, input, request.headers, request.body);
  const Member* payload = shape.payload;
  bool empty_document = protocol == Protocol::rest_json && payload != nullptr &&
                        request.body.empty() && payload->shape->type == Type::structure &&
                        !payload->shape->is_union && !payload->shape->document;
  if (empty_document) {
    request.headers.set("Content-Type", "application/json");
    request.body = "{}";
  }
  return {};
}

void finish_body(const Operation& operation, const EncodeOptions& options, HttpRequest& request) {
  if (operation.gzip && options.gzip_min_bytes > 0 &&
      request.body.size() >= options.gzip_min_bytes) {
    request.body = gzip(request.body);
    std::string encoding(request.headers.get("Content-Encoding"));
    request.headers.set("Content-Encoding", encoding.empty() ? "gzip" : encoding + ", gzip");
  }
  if (operation.checksum_required && !request.headers.has("Content-MD5"))
    request.headers.add("Content-MD5", base64_encode(md5(request.body)));
}

Result<Value> decode_xml_result(const Operation& operation, const HttpResponse& response) {
  Value out = Value::map();
  if (operation.output == nullptr || response.body.empty()) return out;
  TRY(XmlDocument document, parse_xml(response.body));
  pugi::xml_node node = xml_root(document);
  if (pugi::xml_node inner = xml_child(node, operation.result_wrapper)) node = inner;
  CHECK_OK(read_xml_members(*operation.output, node, out));
  return out;
}

Status read_unwrapped(const Shape& shape, const HttpResponse& response, Value& out) {
  TRY(XmlDocument document, parse_xml(response.body));
  std::string text = xml_text(xml_root(document));
  if (!text.empty()) out.set(shape.members[0].name, std::move(text));
  return {};
}

Result<Value> decode_rest(const Operation& operation, Protocol protocol,
                          const HttpResponse& response) {
  Value out = Value::map();
  if (operation.output == nullptr) return out;
  const Shape& shape = *operation.output;
  for (const Member& member : shape.members)
    if (member.location == Location::status_code) out.set(member.name, Value(response.status));
  CHECK_OK(read_headers(shape, response.headers, out));
  if (operation.unwrapped_output) {
    CHECK_OK(read_unwrapped(shape, response, out));
  } else {
    CHECK_OK(read_body(shape, protocol, response.body, out));
  }
  return out;
}

}  // namespace

Result<HttpRequest> encode_request(const Model& model, const Operation& operation,
                                   Protocol protocol, const Value& given,
                                   const EncodeOptions& options) {
  Value input = with_tokens(operation, given, options);
  HttpRequest request;
  request.method = "POST";
  if (is_rest(protocol)) {
    CHECK_OK(encode_rest(operation, protocol, input, request));
  } else if (is_form(protocol)) {
    encode_form(model, operation, protocol, input, request);
  } else if (is_json_rpc(protocol)) {
    encode_json(model, operation, protocol, input, request);
  } else {
    encode_cbor(model, operation, input, request);
  }
  if (model.metadata().query_compatible && !is_form(protocol))
    request.headers.add("x-amzn-query-mode", "true");
  finish_body(operation, options, request);
  return request;
}

Result<std::string> host_prefix(const Operation& operation, const Value& input) {
  std::string out;
  std::string_view rest = operation.host_prefix;
  while (!rest.empty()) {
    size_t open = rest.find('{');
    out += rest.substr(0, open);
    if (open == std::string_view::npos) break;
    rest.remove_prefix(open + 1);
    std::string_view label = rest.substr(0, rest.find('}'));
    rest.remove_prefix(std::min(rest.size(), label.size() + 1));
    const std::string& text = input[label].as_string();
    if (text.empty())
      return Error("ParamValidation", std::string(operation.name) + ": \"" + std::string(label) +
                                          "\" is part of the host name and must not be empty");
    out += text;
  }
  return out;
}

Result<Value> decode_response(const Model& model, const Operation& operation, Protocol protocol,
                              const HttpResponse& response) {
  if (response.status >= 300) return decode_error(model, operation, protocol, response);
  if (is_rest(protocol)) return decode_rest(operation, protocol, response);
  if (is_form(protocol)) return decode_xml_result(operation, response);
  if (operation.output == nullptr) return Value::map();
  return read_document(*operation.output, protocol, response.body);
}

}  // namespace mainstay::wire
