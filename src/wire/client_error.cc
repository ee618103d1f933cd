#include "wire/client_error.hh"

#include "base/cbor.hh"
#include "base/json.hh"
#include "wire/body.hh"
#include "wire/http_binding.hh"
#include "wire/json_codec.hh"
#include "wire/xml.hh"

namespace mainstay::wire {
namespace {

constexpr std::string_view message_names[] = {"message", "Message", "errorMessage"};

// "ns#Name:http://..." is Name.
std::string plain_code(std::string_view code) {
  code = code.substr(0, code.find(':'));
  size_t hash = code.rfind('#');
  return std::string(hash == std::string_view::npos ? code : code.substr(hash + 1));
}

// The exception of an operation, else of the service.
const Shape* exception_of(const Model& model, const Operation& operation, std::string_view code) {
  for (const Shape* shape : operation.errors)
    if (shape->error_code == code || shape->name == code) return shape;
  return model.error(code);
}

// Members of an exception that REST binds to headers and the status.
bool read_bound(const Shape& shape, const HttpResponse& response, Value& fields) {
  for (const Member& member : shape.members)
    if (member.location == Location::status_code) fields.set(member.name, Value(response.status));
  return read_headers(shape, response.headers, fields).has_value();
}

void set_fields(Error& error, Value fields) {
  if (!fields.empty()) error.fields = std::make_shared<const Value>(std::move(fields));
}

std::string first_text(const Value& document, std::span<const std::string_view> names) {
  for (std::string_view name : names)
    if (document[name].is_string()) return document[name].as_string();
  return {};
}

void decode_document_error(const Model& model, const Operation& operation, Protocol protocol,
                           const HttpResponse& response, Error& error) {
  auto parsed =
      protocol == Protocol::rpc_v2_cbor ? parse_cbor(response.body) : parse_json(response.body);
  Value document = parsed ? std::move(*parsed) : Value::map();
  static constexpr std::string_view code_names[] = {"__type", "code", "Code"};
  std::string code(response.headers.get("x-amzn-errortype"));
  if (code.empty()) code = first_text(document, code_names);
  code = plain_code(code);
  if (!code.empty()) error.code = code;
  if (std::string message = first_text(document, message_names); !message.empty())
    error.message = std::move(message);
  const Shape* shape = exception_of(model, operation, code);
  Value fields = Value::map();
  if (shape != nullptr) {
    if (auto read = shape_from_document(*shape, std::move(document), Notation::json))
      fields = std::move(*read);
    if (is_rest(protocol) && !read_bound(*shape, response, fields)) fields = Value::map();
  }
  set_fields(error, std::move(fields));
  std::string_view query_error = response.headers.get("x-amzn-query-error");
  if (model.metadata().query_compatible && query_error.contains(';'))
    error.code = query_error.substr(0, query_error.find(';'));
}

// <ErrorResponse><Error>, <Response><Errors><Error>, or <Error>.
pugi::xml_node error_element(pugi::xml_node root) {
  if (local_name(root.name()) == "Error") return root;
  if (pugi::xml_node errors = xml_child(root, "Errors")) return xml_child(errors, "Error");
  pugi::xml_node error = xml_child(root, "Error");
  return error ? error : root;
}

// Members that no exception's model names, as text: S3's <BucketName> and the like.
Value unmodelled_fields(pugi::xml_node error) {
  Value out = Value::map();
  for (pugi::xml_node child : error.children()) {
    std::string_view name = local_name(child.name());
    bool known = name == "Code" || name == "Message" || name == "Type";
    if (child.type() == pugi::node_element && !known) out.set(name, xml_text(child));
  }
  return out;
}

void decode_xml_error(const Model& model, const Operation& operation, const HttpResponse& response,
                      Error& error) {
  auto document = parse_xml(response.body);
  if (!document) return;
  pugi::xml_node node = error_element(xml_root(*document));
  if (std::string code = xml_text(xml_child(node, "Code")); !code.empty()) error.code = code;
  if (std::string text = xml_text(xml_child(node, "Message")); !text.empty()) error.message = text;
  const Shape* shape = exception_of(model, operation, error.code);
  if (shape == nullptr) return set_fields(error, unmodelled_fields(node));
  Value fields = Value::map();
  bool read =
      read_xml_members(*shape, node, fields).has_value() && read_bound(*shape, response, fields);
  if (read) set_fields(error, std::move(fields));
}

}  // namespace

Error decode_error(const Model& model, const Operation& operation, Protocol protocol,
                   const HttpResponse& response) {
  std::string status = std::to_string(response.status);
  const std::string said_nothing = "HTTP status " + status;
  Error error(status, said_nothing, response.status);
  if (is_form(protocol) || protocol == Protocol::rest_xml) {
    decode_xml_error(model, operation, response, error);
  } else {
    decode_document_error(model, operation, protocol, response, error);
  }
  // Some have no message at all, as KMS's InvalidCiphertextException.
  if (error.message == said_nothing && error.code != status)
    error.message = error.code + " (" + said_nothing + ")";
  return error;
}

}  // namespace mainstay::wire
