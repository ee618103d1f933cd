// The URLs that messages carry: whoever opens one confirms or ends a subscription, unsigned (API
// reference, ConfirmSubscription; developer guide, "Confirm the subscription").
#include "base/text.hh"
#include "cloud/cloud.hh"
#include "services/sns/handlers.hh"
#include "services/sns/signature.hh"
#include "wire/arn.hh"
#include "wire/server.hh"

namespace mainstay::sns {
namespace {

Value parameters_of(const std::string& query) {
  Value out = Value::map({});
  for (const std::string& pair : split(query, "&")) {
    size_t equals = pair.find('=');
    if (equals != std::string::npos)
      out.set(percent_decode(pair.substr(0, equals), true),
              percent_decode(pair.substr(equals + 1), true));
  }
  return out;
}

}  // namespace

std::optional<HttpResponse> answer_link(cloud::Cloud& cloud, const HttpRequest& request) {
  if (request.method != "GET" || request.headers.has("Authorization")) return std::nullopt;
  if (auto certificate = certificate_at(request.path)) {
    HttpResponse response;
    response.headers.set("Content-Type", "application/x-pem-file");
    response.body = std::move(*certificate);
    return response;
  }
  if (request.path != "/") return std::nullopt;
  Value in = parameters_of(request.query);
  const std::string action = in["Action"].as_string();
  bool confirms = action == "ConfirmSubscription" && in.has("Token");
  if ((!confirms && action != "Unsubscribe") || in.has("X-Amz-Signature")) return std::nullopt;
  const std::string id = cloud.random().uuid();
  auto arn = wire::parse_arn(in[confirms ? "TopicArn" : "SubscriptionArn"].as_string());
  for (const char* name : {"Action", "Version"}) in.erase(name);
  Result<Value> out = invalid(confirms ? "Topic" : "SubscriptionArn");
  if (arn.has_value())
    out = cloud.invoke(cloud::Caller::service_principal(arn->account, "sns.amazonaws.com"),
                       arn->account, arn->region, "sns", action, std::move(in));
  auto loaded = cloud.models().load("sns");
  if (!loaded.has_value()) return std::nullopt;
  const wire::Operation* operation = loaded->model->operation(action);
  if (!out.has_value())
    return wire::encode_error(*loaded->model, operation, wire::Protocol::query, out.error(), id);
  return wire::encode_response(*loaded->model, *operation, wire::Protocol::query, *out, id);
}

}  // namespace mainstay::sns
