// Subscriptions. Sources: Subscribe, ConfirmSubscription and SetSubscriptionAttributes in the API
// reference; words from recorded answers (tests/clients/test_sns.py).
#include "services/sns/subscription.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "cloud/cloud.hh"
#include "http/url.hh"
#include "services/sns/delivery.hh"
#include "services/sns/filter.hh"
#include "services/sns/handlers.hh"
#include "wire/arn.hh"

namespace mainstay::sns {

const cloud::ResourceKind subscription_kind{
    .table = "subscription",
    .list = "Subscriptions",
    .missing_code = "NotFound",
    .missing = "Subscription does not exist",
    .missing_status = 404,
};

namespace {

constexpr size_t subscriptions_of_topic_max = 100'000;

// "Supported protocols include" (Subscribe).
constexpr std::string_view protocols[] = {"http", "https",       "email",  "email-json", "sms",
                                          "sqs",  "application", "lambda", "firehose"};
constexpr std::string_view not_delivered[] = {"application", "firehose"};

// Queues and functions that the caller names are subscribed at once; others are asked first.
bool needs_confirmation(std::string_view protocol) {
  return protocol != "sqs" && protocol != "lambda" && protocol != "sms";
}

Status check_endpoint(const Value& topic, const std::string& protocol,
                      const std::string& endpoint) {
  bool is_http = protocol == "http" || protocol == "https";
  if (is_http) {
    auto url = http::parse_url(endpoint);
    if (url.has_value() && url->scheme == protocol) return {};
    return invalid("Endpoint must match the specified protocol");
  }
  if (protocol == "email" || protocol == "email-json")
    return endpoint.contains('@') ? Status() : invalid("Email address");
  if (protocol == "sms")
    return endpoint.size() > 1 && endpoint.find_first_not_of("+0123456789-() ") == std::string::npos
               ? Status()
               : invalid("Endpoint Reason: Invalid SMS endpoint: " + endpoint);
  auto arn = wire::parse_arn(endpoint);
  std::string kind = protocol == "sqs" ? "SQS" : "Lambda";
  if (!arn.has_value() || arn->service != protocol) return invalid(kind + " endpoint ARN");
  if (is_fifo(topic) && protocol != "sqs")
    return invalid("Invalid parameter: Endpoint Reason: Please use FIFO SQS queue");
  if (!is_fifo(topic) && protocol == "sqs" && arn->resource.ends_with(".fifo"))
    return invalid(
        "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard "
        "SNS topics");
  return {};
}

// The dead letters of a subscription: {"deadLetterTargetArn": a queue's}.
Status check_redrive(const Value& subscription, const std::string& text) {
  auto policy = parse_json(text);
  if (!policy.has_value()) return invalid("RedrivePolicy: failed to parse JSON.");
  auto arn = wire::parse_arn((*policy)["deadLetterTargetArn"].as_string());
  if (!arn.has_value() || arn->service != "sqs")
    return invalid("RedrivePolicy: deadLetterTargetArn is an invalid arn");
  bool from_fifo = subscription["TopicArn"].as_string().ends_with(".fifo") &&
                   subscription["Endpoint"].as_string().ends_with(".fifo");
  if (from_fifo && !arn->resource.ends_with(".fifo"))
    return invalid(
        "RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.");
  return {};
}

// A filter is read again when its scope is set, since what is right depends on that.
Status read_filter(Value& subscription, const std::string& text) {
  bool in_body = subscription["Attributes"]["FilterPolicyScope"].as_string() == "MessageBody";
  TRY(Value filter, parse_filter(text, in_body));
  subscription.set("_Filter", std::move(filter));
  return {};
}

Status set_subscription_attribute(Value& subscription, const std::string& name,
                                  const std::string& value) {
  if (name == "RawMessageDelivery") {
    if (value != "true" && value != "false")
      return invalid("RawMessageDelivery: Invalid value [" + value + "]. Must be true or false.");
  } else if (name == "FilterPolicyScope") {
    if (value != "MessageBody" && value != "MessageAttributes")
      return invalid("FilterPolicyScope: Invalid value [" + value +
                     "]. Please use either MessageBody or MessageAttributes");
  } else if (name == "FilterPolicy") {
    subscription.erase("_Filter");
    if (!value.empty() && value != "{}") CHECK_OK(read_filter(subscription, value));
  } else if (name == "RedrivePolicy") {
    if (!value.empty()) CHECK_OK(check_redrive(subscription, value));
  } else if (name == "DeliveryPolicy") {
    if (!value.empty() && !parse_json(value).has_value())
      return invalid("DeliveryPolicy: failed to parse JSON.");
  } else if (name == "ReplayPolicy") {
    return aws_error("NotImplemented",
                     "mainstay's embedded cloud does not archive and replay messages of topics",
                     501);
  } else if (name != "SubscriptionRoleArn") {
    return invalid("AttributeName");
  }
  if (value.empty() || (name == "FilterPolicy" && value == "{}"))
    subscription.member("Attributes").erase(name);
  else
    subscription.member("Attributes").set(name, value);
  return {};
}

// Of Subscribe: an error speaks of all attributes together.
Status set_given_attributes(Value& subscription, const Value& attributes) {
  auto set_one = [&](const std::string& name) -> Status {
    const Value* value = attributes.find(name);
    if (!value) return {};
    Status done = set_subscription_attribute(subscription, name, value->as_string());
    constexpr std::string_view prefix = "Invalid parameter: ";
    if (done.has_value() || !done.error().message.starts_with(prefix)) return done;
    std::string what = done.error().message.substr(prefix.size());
    return invalid(what.starts_with("Filter policy scope") || what.starts_with("RedrivePolicy")
                       ? what
                       : "Attributes Reason: " + what);
  };
  CHECK_OK(set_one("FilterPolicyScope"));  // the filter is read by it
  for (const auto& [name, value] : attributes.members())
    if (name != "FilterPolicyScope") CHECK_OK(set_one(name));
  return {};
}

Value summary(const Value& subscription) {
  return Value::map(
      {{"SubscriptionArn", subscription.has("_Pending") ? Value("PendingConfirmation")
                                                        : subscription["SubscriptionArn"]},
       {"Owner", subscription["Owner"]},
       {"Protocol", subscription["Protocol"]},
       {"Endpoint", subscription["Endpoint"]},
       {"TopicArn", subscription["TopicArn"]}});
}

// The same endpoint of a topic is subscribed once.
const Value* find_same(const Call& call, const std::string& topic_name, const Value& in) {
  for (const std::string& id :
       call.find_by("subscription", "Endpoint", in["Endpoint"].as_string())) {
    const Value& s = *call.find("subscription", id);
    if (id.starts_with(topic_name + ":") && s["Protocol"] == in["Protocol"]) return &s;
  }
  return nullptr;
}

void count(Call& call, const Value& subscription, std::string_view what, int by) {
  const Value* found = call.find("topic", topic_name_of(subscription["TopicArn"]));
  if (!found) return;
  Value topic = *found;
  put_topic(call, topic.set(what, topic[what].as_int() + by));
}

Result<Value> existing_subscription(const Value& subscription, const Value& in) {
  for (const auto& [name, value] : in["Attributes"].members())
    if (subscription["Attributes"][name] != value)
      return invalid("Attributes Reason: Subscription already exists with different attributes");
  bool shown = !subscription.has("_Pending") || in["ReturnSubscriptionArn"].as_bool();
  return Value::map({{"SubscriptionArn",
                      shown ? subscription["SubscriptionArn"] : Value("pending confirmation")}});
}

Result<Value> find_subscription(const Call& call, const Value& in) {
  TRY(std::string id, resource_in(call, in, "SubscriptionArn"));
  if (!id.contains(':')) return invalid("SubscriptionId");
  return cloud::find_resource(call, subscription_kind, id);
}

Status check_protocol(const Value& in) {
  const std::string& protocol = in["Protocol"].as_string();
  if (!is_one_of(protocols, protocol))
    return invalid("Amazon SNS does not support this protocol string: " + protocol);
  if (is_one_of(not_delivered, protocol))
    return aws_error(
        "NotImplemented",
        "mainstay's embedded cloud does not deliver to subscriptions of protocol " + protocol, 501);
  return {};
}

}  // namespace

std::string topic_name_of(const Value& arn) {
  return split(arn.as_string(), ":").at(5);
}

void put_subscription(Call& call, const Value& subscription) {
  auto arn = wire::parse_arn(subscription["SubscriptionArn"].as_string());
  call.put("subscription", arn->resource, subscription);
}

void remove_subscriptions(Call& call, const std::string& topic_name) {
  std::vector<std::string> ids;
  const store::Documents& all = call.all("subscription");
  for (auto it = all.lower_bound(topic_name + ":");
       it != all.end() && it->first.starts_with(topic_name + ":"); ++it)
    ids.push_back(it->first);
  for (const std::string& id : ids) call.remove("subscription", id);
}

Result<Value> subscribe(Call& call, const Value& in) {
  TRY(Value topic, find_topic(call, in));
  CHECK_OK(check_protocol(in));
  const std::string& protocol = in["Protocol"].as_string();
  CHECK_OK(check_endpoint(topic, protocol, in["Endpoint"].as_string()));
  const std::string& topic_name = topic["TopicName"].as_string();
  if (const Value* found = find_same(call, topic_name, in))
    return existing_subscription(*found, in);
  if (topic["_Confirmed"].as_int() + topic["_Pending"].as_int() >=
      static_cast<int64_t>(subscriptions_of_topic_max))
    return aws_error("SubscriptionLimitExceeded",
                     "mainstay's embedded cloud keeps at most 100000 subscriptions of a topic",
                     403);
  Value s =
      Value::map({{"SubscriptionArn", topic["TopicArn"].as_string() + ":" + call.random.uuid()},
                  {"TopicArn", topic["TopicArn"]},
                  {"Protocol", protocol},
                  {"Endpoint", in["Endpoint"]},
                  {"Owner", call.caller.account.empty() ? call.account : call.caller.account},
                  {"Attributes", Value::map({{"RawMessageDelivery", "false"}})},
                  {"_Principal", call.caller.arn}});
  CHECK_OK(set_given_attributes(s, in["Attributes"]));
  bool pending = needs_confirmation(protocol);
  if (pending) {
    s.set("_Pending", true).set("_Token", call.random.hex(64));
    ask_for_confirmation(call, s);
  } else {
    s.set("_Authenticated", true);
  }
  put_subscription(call, s);
  count(call, s, pending ? "_Pending" : "_Confirmed", 1);
  bool shown = !pending || in["ReturnSubscriptionArn"].as_bool();
  return Value::map(
      {{"SubscriptionArn", shown ? s["SubscriptionArn"] : Value("pending confirmation")}});
}

// Confirming twice is no error.
Result<Value> confirm_subscription(Call& call, const Value& in) {
  auto name = resource_in(call, in, "TopicArn");
  if (!name.has_value()) return invalid("Topic");
  TRY(Value topic, cloud::find_resource(call, topic_kind, *name));
  std::vector<std::string> ids = call.find_by("subscription", "_Token", in["Token"].as_string());
  if (in["Token"].as_string().empty() || ids.empty() || !ids[0].starts_with(*name + ":"))
    return invalid("Token");
  Value s = *call.find("subscription", ids[0]);
  if (s.has("_Pending")) {
    s.erase("_Pending");
    s.set("_Authenticated", call.caller.kind != cloud::Caller::Kind::service);
    if (is_true(in["AuthenticateOnUnsubscribe"])) s.set("_SignedUnsubscribe", true);
    put_subscription(call, s);
    count(call, s, "_Pending", -1);
    count(call, s, "_Confirmed", 1);
  }
  return Value::map({{"SubscriptionArn", s["SubscriptionArn"]}});
}

// One that is gone is no error.
Result<Value> unsubscribe(Call& call, const Value& in) {
  auto found = find_subscription(call, in);
  if (!found.has_value() && found.error().code == "NotFound") return Value::map({});
  TRY(Value s, std::move(found));
  if (call.caller.kind == cloud::Caller::Kind::service && s.has("_SignedUnsubscribe"))
    return aws_error("AuthorizationError", "Unauthenticated unsubscribes are disallowed", 403);
  auto arn = wire::parse_arn(s["SubscriptionArn"].as_string());
  call.remove("subscription", arn->resource);
  count(call, s, s.has("_Pending") ? "_Pending" : "_Confirmed", -1);
  count(call, s, "_Deleted", 1);
  return Value::map({});
}

Result<Value> list_subscriptions(Call& call, const Value& in) {
  return cloud::list_resources(call, subscription_kind, in, {.show = summary});
}

Result<Value> list_subscriptions_by_topic(Call& call, const Value& in) {
  TRY(Value topic, find_topic(call, in));
  return cloud::list_resources(call, subscription_kind, in,
                               {.prefix = topic["TopicName"].as_string() + ":", .show = summary});
}

Result<Value> get_subscription_attributes(Call& call, const Value& in) {
  TRY(Value s, find_subscription(call, in));
  Value out = s["Attributes"];
  for (const char* name : {"SubscriptionArn", "TopicArn", "Protocol", "Endpoint", "Owner"})
    out.set(name, s[name]);
  out.set("SubscriptionPrincipal", s["_Principal"])
      .set("PendingConfirmation", s.has("_Pending") ? "true" : "false")
      .set("ConfirmationWasAuthenticated", s["_Authenticated"].as_bool() ? "true" : "false");
  if (out.has("FilterPolicy") && !out.has("FilterPolicyScope"))
    out.set("FilterPolicyScope", "MessageAttributes");
  if (!out.has("FilterPolicy")) out.erase("FilterPolicyScope");
  return Value::map({{"Attributes", std::move(out)}});
}

Result<Value> set_subscription_attributes(Call& call, const Value& in) {
  TRY(Value s, find_subscription(call, in));
  CHECK_OK(set_subscription_attribute(s, in["AttributeName"].as_string(),
                                      in["AttributeValue"].as_string()));
  put_subscription(call, s);
  return Value::map({});
}

}  // namespace mainstay::sns
