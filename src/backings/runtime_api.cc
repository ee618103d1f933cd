#include "backings/runtime_api.hh"

#include "base/json.hh"
#include "base/text.hh"

namespace mainstay::backings {
namespace {

constexpr std::string_view root = "/2018-06-01/runtime/";

HttpResponse json_response(int status, const Value& body) {
  return {status, {{"Content-Type", "application/json"}}, to_json(body)};
}

}  // namespace

RuntimeRequest read_runtime_request(const HttpRequest& http) {
  using Kind = RuntimeRequest::Kind;
  if (!http.path.starts_with(root)) return {};
  auto parts = split(std::string_view(http.path).substr(root.size()), "/");
  bool is_get = http.method == "GET", is_post = http.method == "POST";
  if (is_post && parts.size() == 2 && parts[0] == "init" && parts[1] == "error")
    return {Kind::init_error, {}};
  if (parts[0] != "invocation") return {};
  if (is_get && parts.size() == 2 && parts[1] == "next") return {Kind::next, {}};
  if (!is_post || parts.size() != 3) return {};
  if (parts[2] == "response") return {Kind::response, parts[1]};
  if (parts[2] == "error") return {Kind::error, parts[1]};
  return {};
}

HttpResponse event_response(const FunctionEvent& event, int64_t deadline_ms) {
  HttpResponse out{200,
                   {{"Content-Type", "application/json"},
                    {"Lambda-Runtime-Aws-Request-Id", event.request_id},
                    {"Lambda-Runtime-Deadline-Ms", std::to_string(deadline_ms)},
                    {"Lambda-Runtime-Invoked-Function-Arn", event.invoked_arn}},
                   event.payload};
  if (!event.trace_id.empty()) out.headers.set("Lambda-Runtime-Trace-Id", event.trace_id);
  if (!event.client_context.empty())
    out.headers.set("Lambda-Runtime-Client-Context", event.client_context);
  return out;
}

HttpResponse accepted_response() {
  return json_response(202, Value::map({{"status", "OK"}}));
}

HttpResponse refused_response(int status, std::string_view type, const std::string& message) {
  return json_response(status, Value::map({{"errorMessage", message}, {"errorType", type}}));
}

}  // namespace mainstay::backings
