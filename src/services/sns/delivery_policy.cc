#include "services/sns/delivery_policy.hh"

#include "base/json.hh"

namespace mainstay::sns {

std::string whole_delivery_policy(const std::string& text) {
  Value policy = parse_json(text).value_or(Value::map({}));
  if (!policy["http"].is_map()) return text;
  Value http = Value::map({});
  for (const auto& [name, value] : policy["http"].members())
    if (!value.is_null()) http.set(name, value);
  if (!http.has("disableSubscriptionOverrides")) http.set("disableSubscriptionOverrides", false);
  return to_json(policy.set("http", std::move(http)));
}

Value effective_delivery_policy(const Value& topic) {
  Value retry = Value::map({{"minDelayTarget", 20},
                            {"maxDelayTarget", 20},
                            {"numRetries", 3},
                            {"numMaxDelayRetries", 0},
                            {"numNoDelayRetries", 0},
                            {"numMinDelayRetries", 0},
                            {"backoffFunction", "linear"}});
  Value http = Value::map(
      {{"defaultHealthyRetryPolicy", std::move(retry)},
       {"disableSubscriptionOverrides", false},
       {"defaultRequestPolicy", Value::map({{"headerContentType", "text/plain; charset=UTF-8"}})}});
  auto own = parse_json(topic["Attributes"]["DeliveryPolicy"].as_string());
  if (own.has_value())
    for (const auto& [name, value] : (*own)["http"].members()) {
      if (!value.is_map()) {
        http.set(name, value);
        continue;
      }
      if (!http.has(name)) http.set(name, Value::map({}));
      for (const auto& [setting, given] : value.members()) http.member(name).set(setting, given);
    }
  return Value::map({{"http", std::move(http)}});
}

}  // namespace mainstay::sns
