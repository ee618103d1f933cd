#include <doctest/doctest.h>

#include "base/json.hh"
#include "base/text.hh"
#include "wire/client.hh"
#include "wire/corpus_cases.hh"
#include "wire/form.hh"
#include "wire/gzip.hh"
#include "wire/server.hh"

using namespace mainstay;
using namespace mainstay::wire;
using corpus::Case;

namespace {

constexpr const char* token = "00000000-0000-4000-8000-000000000000";

std::string differ(std::string_view what, std::string_view expected, std::string_view actual) {
  if (expected == actual) return {};
  return std::string(what) + ": expected \"" + std::string(expected) + "\" but got \"" +
         std::string(actual) + "\"";
}

std::string differ_value(std::string_view what, const Value& expected, const Value& actual) {
  if (expected == actual) return {};
  return std::string(what) + ": expected " + to_json(expected) + "\n     but got " +
         to_json(actual);
}

// The path of a case's URI is relative to its client's endpoint.
std::string base_path(const Case& c) {
  const std::string& endpoint = c.suite["clientEndpoint"].as_string();
  size_t host = endpoint.find("://");
  size_t slash = host == std::string::npos ? host : endpoint.find('/', host + 3);
  return slash == std::string::npos ? "" : endpoint.substr(slash);
}

HttpRequest request_of(const Case& c) {
  const Value& s = c.json["serialized"];
  HttpRequest request;
  request.method = s.has("method") ? s["method"].as_string() : std::string(c.operation->method);
  std::string uri = s["uri"].as_string();
  if (uri.starts_with(base_path(c) + "/")) uri.erase(0, base_path(c).size());
  size_t question = uri.find('?');
  request.path = uri.substr(0, question);
  if (question != std::string::npos) request.query = uri.substr(question + 1);
  for (const auto& [name, value] : s["headers"].members())
    request.headers.add(name, value.as_string());
  request.body = s["body"].as_string();
  if (c.protocol == Protocol::rpc_v2_cbor) request.body = *base64_decode(request.body);
  return request;
}

// Without parameters of a media type and without spaces around the items of a list.
std::string plain_header(std::string_view name, std::string_view text) {
  if (equals_ignoring_case(name, "Content-Type")) text = text.substr(0, text.find(';'));
  std::vector<std::string> items = split(text, ",");
  for (std::string& item : items) item = std::string(trim(item));
  return join(items, ",");
}

std::string compare_headers(const Value& expected, const Headers& actual) {
  for (const auto& [name, value] : expected.members()) {
    if (!actual.has(name)) return "header " + name + " is missing";
    std::string wrong =
        differ(name, plain_header(name, value.as_string()), plain_header(name, actual.get(name)));
    if (!wrong.empty()) return wrong;
  }
  return {};
}

std::string compare_host(const Case& c, const Value& input) {
  if (!c.json["serialized"].has("host")) return {};
  std::string endpoint = c.suite["clientEndpoint"].as_string();
  std::string host = endpoint.substr(endpoint.find("://") + 3);
  auto prefix = host_prefix(*c.operation, input);
  if (!prefix) return prefix.error().to_string();
  return differ("host", c.json["serialized"]["host"].as_string(), *prefix + host);
}

std::string input_as_client(const Case& c) {
  Value input = corpus::typed(c.operation->input, c.json["params"]);
  EncodeOptions options;
  options.idempotency_token = [] { return token; };
  auto made = encode_request(*c.model, *c.operation, c.protocol, input, options);
  if (!made) return made.error().to_string();
  HttpRequest want = request_of(c);
  std::string got_path = percent_decode(made->path), want_path = percent_decode(want.path);
  auto got_query = parse_pairs(made->query), want_query = parse_pairs(want.query);
  std::ranges::sort(got_query);
  std::ranges::sort(want_query);
  std::string wrong = differ("method", want.method, made->method);
  if (wrong.empty()) wrong = differ("path", want_path, got_path);
  if (wrong.empty() && got_query != want_query) wrong = differ("query", want.query, made->query);
  if (wrong.empty()) wrong = compare_headers(c.json["serialized"]["headers"], made->headers);
  for (const Value& name : c.json["serialized"]["forbidHeaders"].items())
    if (made->headers.has(name.as_string())) return "has header " + name.as_string();
  if (wrong.empty()) wrong = compare_host(c, input);
  if (!wrong.empty() || !c.json["serialized"].has("body")) return wrong;
  return corpus::compare_bodies(c.protocol, true, c.json["serialized"]["body"].as_string(),
                                made->body, std::string(made->headers.get("Content-Type")));
}

// Also what our own client makes of the parameters reads back as them.
std::string input_as_server(const Case& c) {
  Value want = corpus::typed(c.operation->input, c.json["params"]);
  if (c.json["serialized"].has("body")) {
    auto got = decode_request(*c.model, *c.operation, c.protocol, request_of(c));
    if (!got) return got.error().to_string();
    for (const char* name : {"token", "Token"})
      if (!want.has(name)) got->erase(name);
    if (std::string wrong = differ_value("input", want, *got); !wrong.empty()) return wrong;
  }
  auto made = encode_request(*c.model, *c.operation, c.protocol, want);
  if (!made) return made.error().to_string();
  auto again = decode_request(*c.model, *c.operation, c.protocol, *made);
  if (!again) return again.error().to_string();
  return differ_value("input of our client", want, *again);
}

HttpResponse response_of(const Case& c) {
  const Value& r = c.json["response"];
  HttpResponse response;
  response.status = static_cast<int>(r["status_code"].as_int(200));
  for (const auto& [name, value] : r["headers"].members())
    response.headers.add(name, value.as_string());
  response.body = r["body"].as_string();
  if (c.protocol == Protocol::rpc_v2_cbor) response.body = base64_decode(response.body).value();
  return response;
}

const Shape* error_shape(const Case& c) {
  return c.model->error(c.json["errorCode"].as_string());
}

std::string compare_error(const Case& c, const HttpResponse& response) {
  auto got = decode_response(*c.model, *c.operation, c.protocol, response);
  if (got) return "an error was not seen";
  const Error& error = got.error();
  std::string wrong = differ("code", c.json["errorCode"].as_string(), error.code);
  const std::string& message = c.json["errorMessage"].as_string();
  if (wrong.empty() && !message.empty()) wrong = differ("message", message, error.message);
  if (!wrong.empty() || !c.json.has("error")) return wrong;
  Value fields = error.fields ? *error.fields : Value::map();
  for (const char* name : {"message", "Message"})
    if (!c.json["error"].has(name)) fields.erase(name);
  if (error_shape(c) == nullptr) return {};  // unmodelled members are kept as text
  return differ_value("fields", corpus::typed(error_shape(c), c.json["error"]), fields);
}

std::string output_as_client(const Case& c) {
  HttpResponse response = response_of(c);
  if (c.json.has("errorCode")) return compare_error(c, response);
  auto got = decode_response(*c.model, *c.operation, c.protocol, response);
  if (!got) return got.error().to_string();
  return differ_value("result", corpus::typed(c.operation->output, c.json["result"]), *got);
}

std::string error_as_server(const Case& c) {
  Error error(c.json["errorCode"].as_string(), c.json["errorMessage"].as_string());
  error.status = static_cast<int>(c.json["response"]["status_code"].as_int());
  error.fields = std::make_shared<Value>(corpus::typed(error_shape(c), c.json["error"]));
  HttpResponse made = encode_error(*c.model, c.operation, c.protocol, error, "foo-id");
  return compare_error(c, made);
}

std::string output_as_server(const Case& c) {
  if (c.json.has("errorCode")) return error_as_server(c);
  Value output = corpus::typed(c.operation->output, c.json["result"]);
  HttpResponse want = response_of(c);
  HttpResponse made = encode_response(*c.model, *c.operation, c.protocol, output,
                                      want.headers.get("X-Amzn-RequestId"));
  made.status = want.status;
  std::string content_type(made.headers.get("Content-Type"));
  Value headers = c.json["response"]["headers"];
  // Not of the answer: a length, which http adds, and a header of requests.
  for (const char* name : {"Content-Length", "X-Amz-Target"}) headers.erase(name);
  std::string wrong = compare_headers(headers, made.headers);
  // A member that takes every header would find those that we add.
  for (const char* name : {"X-Amzn-RequestId", "Content-Type"})
    if (!want.headers.has(name)) made.headers.erase(name);
  auto again = decode_response(*c.model, *c.operation, c.protocol, made);
  if (!again) return again.error().to_string();
  if (wrong.empty()) wrong = differ_value("result decoded again", output, *again);
  if (!wrong.empty()) return wrong;
  return corpus::compare_bodies(c.protocol, false, c.json["response"]["body"].as_string(),
                                made.body, content_type);
}

}  // namespace

TEST_CASE("every input case as client") {
  corpus::run("input-client", {"input", "legacy/input"}, input_as_client);
}

TEST_CASE("every input case as server") {
  corpus::run("input-server", {"input", "legacy/input"}, input_as_server);
}

TEST_CASE("every output case as client") {
  corpus::run("output-client", {"output", "legacy/output"}, output_as_client);
}

TEST_CASE("every output case as server") {
  corpus::run("output-server", {"output", "legacy/output"}, output_as_server);
}
