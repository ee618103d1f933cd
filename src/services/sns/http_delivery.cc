// Messages to HTTP endpoints, on loopback only. Sources: SNS developer guide, "Amazon SNS HTTP/S
// notifications" (headers), "Amazon SNS message delivery retries" (what is tried again, and when).
#include "base/json.hh"
#include "base/text.hh"
#include "cloud/cloud.hh"
#include "http/client.hh"
#include "http/url.hh"
#include "services/sns/delivery.hh"
#include "services/sns/handlers.hh"
#include "services/sns/subscription.hh"
#include "wire/arn.hh"

namespace mainstay::sns {
namespace {

// An attempt waits 15 s for an answer (developer guide).
constexpr int64_t http_answer_ms_max = 15'000;
constexpr size_t http_answer_bytes_max = 64 << 10;

bool is_loopback(std::string_view host) {
  return host.starts_with("127.") || host == "localhost" || host.ends_with(".localhost") ||
         host == "[::1]";
}

HttpRequest request_of(const Value& what, const Value& s, const http::Url& url) {
  const std::string& body = what["Letter"]["MessageBody"].as_string();
  HttpRequest request;
  request.method = "POST";
  request.path = url.path.empty() ? "/" : url.path;
  request.query = url.query;
  request.headers = {{"x-amz-sns-message-type", what["Type"].as_string()},
                     {"x-amz-sns-message-id", what["MessageId"].as_string()},
                     {"x-amz-sns-topic-arn", s["TopicArn"].as_string()},
                     {"Content-Type", "text/plain; charset=UTF-8"},
                     {"User-Agent", "Amazon Simple Notification Service Agent"}};
  if (what["Type"].as_string() == "Notification")
    request.headers.add("x-amz-sns-subscription-arn", s["SubscriptionArn"].as_string());
  if (is_true(s["Attributes"]["RawMessageDelivery"]) && !s.has("_Pending"))
    request.headers.add("x-amz-sns-rawdelivery", "true");
  request.body = body;
  return request;
}

enum class Outcome : uint8_t { delivered, refused, try_again };

Outcome post(const HttpRequest& request, const http::Url& url) {
  http::Client client;
  http::ClientOptions options;
  options.total_ms_max = http_answer_ms_max;
  options.response_bytes_max = http_answer_bytes_max;
  options.use_proxy = false;
  auto answer = client.send(request, url, options);
  if (!answer.has_value()) return Outcome::try_again;
  if (answer->status < 300) return Outcome::delivered;
  constexpr int too_many_requests = 429, server_errors = 500;
  bool passes = answer->status == too_many_requests || answer->status >= server_errors;
  return passes ? Outcome::try_again : Outcome::refused;
}

// Three more attempts 20 seconds apart, unless the subscription or the topic says otherwise.
struct Retries {
  int64_t count = 3, pause_s = 20;
};
Retries retries_of(const Value& policy_text, Retries otherwise) {
  auto policy = parse_json(policy_text.as_string());
  if (!policy.has_value()) return otherwise;
  const Value& own = policy->has("healthyRetryPolicy")
                         ? (*policy)["healthyRetryPolicy"]
                         : (*policy)["http"]["defaultHealthyRetryPolicy"];
  return {own["numRetries"].as_int(otherwise.count),
          own["minDelayTarget"].as_int(otherwise.pause_s)};
}

Status try_again(Call& call, const Value& s, const Value& what) {
  const Value* topic = call.find("topic", topic_name_of(s["TopicArn"]));
  Retries retries = retries_of((topic ? *topic : Value())["Attributes"]["DeliveryPolicy"], {});
  retries = retries_of(s["Attributes"]["DeliveryPolicy"], retries);
  int64_t tries = what["Tries"].as_int() + 1;
  Value again = what;
  if (tries <= retries.count)
    call.after(retries.pause_s * 1000, "deliver-by-http", again.set("Tries", tries));
  else
    send_to_dead_letters(call, s, what["Letter"]);
  return {};
}

}  // namespace

Status deliver_by_http(cloud::Cloud& cloud, const cloud::Place& place, const Value& what) {
  auto arn = wire::parse_arn(what["SubscriptionArn"].as_string());
  Value s;
  CHECK_OK(cloud.update_at(place.shard, place.account, place.region, [&](Call& call) -> Status {
    if (const Value* found = call.find("subscription", arn->resource)) s = *found;
    return {};
  }));
  if (s.is_null()) return {};
  TRY(http::Url url, http::parse_url(s["Endpoint"].as_string()));
  Outcome outcome = Outcome::refused;
  if (is_loopback(url.host))
    outcome = post(request_of(what, s, url), url);
  else
    cloud.warn(Error("NotDelivered",
                     "SNS delivers to HTTP endpoints on loopback only, not to " + url.authority()));
  if (outcome == Outcome::delivered) return {};
  return cloud.update_at(place.shard, place.account, place.region, [&](Call& call) -> Status {
    if (outcome == Outcome::try_again) return try_again(call, s, what);
    if (what["Type"].as_string() == "Notification") send_to_dead_letters(call, s, what["Letter"]);
    return {};
  });
}

}  // namespace mainstay::sns
