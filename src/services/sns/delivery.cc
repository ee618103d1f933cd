// Sources: SNS developer guide, "Parsing message formats", "Fanout to Amazon SQS queues", "Message
// delivery for FIFO topics", "Amazon SNS raw message delivery"; Lambda developer guide, "Using
// AWS Lambda with Amazon SNS".
#include "services/sns/delivery.hh"

#include <cstring>

#include "base/json.hh"
#include "base/text.hh"
#include "cloud/cloud.hh"
#include "services/sns/filter.hh"
#include "services/sns/handlers.hh"
#include "services/sns/signature.hh"
#include "services/sns/subscription.hh"
#include "wire/arn.hh"

namespace mainstay::sns {
namespace {

constexpr std::string_view principal = "sns.amazonaws.com";

// SNS as it acts for a topic: what it asks for is decided by the policy of what it asks.
cloud::Caller acting_for(const std::string& account, const Value& topic_arn) {
  return cloud::Caller::service_for(account, principal, topic_arn.as_string());
}

std::string text_for(const Message& m, const std::string& protocol) {
  if (const Value* own = m.by_protocol.find(protocol); own && own->is_string())
    return own->as_string();
  return m.by_protocol.is_map() ? m.by_protocol["default"].as_string() : m.text;
}

// {"name": {"Type", "Value"}}, binary ones in base64.
Value plain_attributes(const Value& attributes) {
  Value out = Value::map({});
  for (const auto& [name, a] : attributes.members()) {
    bool is_binary = a["DataType"].as_string().starts_with("Binary");
    out.set(name, Value::map({{"Type", a["DataType"]},
                              {"Value", is_binary ? base64_encode(a["BinaryValue"].as_bytes())
                                                  : a["StringValue"].as_string()}}));
  }
  return out;
}

std::string unsubscribe_url(const Call& call, const Value& subscription) {
  return own_url(call) +
         "/?Action=Unsubscribe&SubscriptionArn=" + subscription["SubscriptionArn"].as_string();
}

// The notification as a JSON document.
Value notification(const Call& call, const Value& s, const Message& m) {
  Value out = Value::map({{"Type", "Notification"}, {"MessageId", m.id}});
  if (!m.sequence.empty()) out.set("SequenceNumber", m.sequence);
  out.set("TopicArn", s["TopicArn"]);
  if (!m.subject.empty()) out.set("Subject", m.subject);
  out.set("Message", text_for(m, s["Protocol"].as_string()))
      .set("Timestamp", format_iso8601(call.now, true))
      .set("UnsubscribeURL", unsubscribe_url(call, s));
  if (!m.attributes.empty()) out.set("MessageAttributes", plain_attributes(m.attributes));
  sign_message(out, m.signature_version, own_url(call));
  return out;
}

// What Lambda gets: one record.
Value function_event(const Call& call, const Value& s, const Message& m) {
  Value sns = notification(call, s, m);
  for (const char* name : {"UnsubscribeURL", "SigningCertURL"}) {
    Value url = sns[name];
    sns.erase(name);
    if (!url.is_null()) sns.set(std::string(name, std::strlen(name) - 3) + "Url", std::move(url));
  }
  if (m.subject.empty()) sns.set("Subject", Value());
  sns.set("MessageAttributes", plain_attributes(m.attributes));
  return Value::map(
      {{"Records", Value::list({Value::map({{"EventSource", "aws:sns"},
                                            {"EventVersion", "1.0"},
                                            {"EventSubscriptionArn", s["SubscriptionArn"]},
                                            {"Sns", std::move(sns)}})})}});
}

// The input of SendMessage but for the queue.
Value letter_of(const Call& call, const Value& s, const Message& m, bool to_fifo) {
  bool is_raw = is_true(s["Attributes"]["RawMessageDelivery"]);
  Value letter = Value::map({{"MessageBody", is_raw ? text_for(m, s["Protocol"].as_string())
                                                    : to_json(notification(call, s, m))}});
  if (is_raw && !m.attributes.empty()) letter.set("MessageAttributes", m.attributes);
  if (to_fifo) {
    letter.set("MessageGroupId", m.group);
    letter.set("MessageDeduplicationId", m.deduplication_id);
  }
  return letter;
}

std::string lane_of(const Value& s, const Message& m) {
  return m.sequence.empty() ? "" : s["SubscriptionArn"].as_string() + "/" + m.group;
}

void send(Call& call, const Value& topic_arn, const wire::Arn& queue, Value letter,
          const std::string& lane, std::string then, Value argument) {
  letter.set("QueueUrl", "https://sqs." + queue.region + ".amazonaws.com/" + queue.account + "/" +
                             queue.resource);
  call.later({.service = "sqs",
              .operation = "SendMessage",
              .input = std::move(letter),
              .account = queue.account,
              .region = queue.region,
              .caller = acting_for(queue.account, topic_arn),
              .lane = lane,
              .then = std::move(then),
              .argument = std::move(argument)});
}

Value argument_of(const Value& s, Value letter) {
  return Value::map({{"SubscriptionArn", s["SubscriptionArn"]}, {"Letter", std::move(letter)}});
}

void to_function(Call& call, const Value& s, const wire::Arn& function, const Message& m) {
  call.later({.service = "lambda",
              .operation = "Invoke",
              .input = Value::map({{"FunctionName", s["Endpoint"]},
                                   {"InvocationType", "Event"},
                                   {"Payload", Bytes{to_json(function_event(call, s, m))}}}),
              .account = function.account,
              .region = function.region,
              .caller = acting_for(function.account, s["TopicArn"]),
              .then = "delivered",
              .argument = argument_of(s, letter_of(call, s, m, false))});
}

void to_http(Call& call, const Value& s, const Message& m) {
  Value letter = letter_of(call, s, m, false);
  call.after(0, "deliver-by-http",
             Value::map({{"SubscriptionArn", s["SubscriptionArn"]},
                         {"Type", "Notification"},
                         {"MessageId", m.id},
                         {"Letter", std::move(letter)}}));
}

}  // namespace

std::string own_url(const Call& call) {
  return call.endpoint.empty() ? "https://sns." + call.region + ".amazonaws.com" : call.endpoint;
}

bool wants(const Value& s, const Message& m) {
  if (s.has("_Pending")) return false;
  const Value* filter = s.find("_Filter");
  if (!filter) return true;
  if (s["Attributes"]["FilterPolicyScope"].as_string() != "MessageBody")
    return passes_attributes(*filter, m.attributes);
  return passes_body(*filter, text_for(m, s["Protocol"].as_string()));
}

void deliver(Call& call, const Value& topic, const Value& s, const Message& m) {
  const std::string& protocol = s["Protocol"].as_string();
  if (protocol == "http" || protocol == "https") return to_http(call, s, m);
  auto arn = wire::parse_arn(s["Endpoint"].as_string());
  if (!arn.has_value()) return;
  if (protocol == "lambda") return to_function(call, s, *arn, m);
  Value letter = letter_of(call, s, m, arn->resource.ends_with(".fifo"));
  // A group in a standard topic goes along: queues are fair by it ("Message grouping").
  if (!is_fifo(topic) && !m.group.empty()) letter.set("MessageGroupId", m.group);
  send(call, s["TopicArn"], *arn, letter, lane_of(s, m), "delivered", argument_of(s, letter));
}

Status after_delivery(Call& call, const Value& how) {
  if (!how.has("Error")) return {};
  const Value& argument = how["Argument"];
  auto arn = wire::parse_arn(argument["SubscriptionArn"].as_string());
  const Value* s = arn.has_value() ? call.find("subscription", arn->resource) : nullptr;
  if (s) send_to_dead_letters(call, *s, argument["Letter"]);
  return {};
}

void send_to_dead_letters(Call& call, const Value& s, const Value& letter) {
  auto policy = parse_json(s["Attributes"]["RedrivePolicy"].as_string());
  if (!policy.has_value()) return;
  auto queue = wire::parse_arn((*policy)["deadLetterTargetArn"].as_string());
  if (!queue.has_value()) return;
  Value kept = letter;
  if (!queue->resource.ends_with(".fifo")) {
    kept.erase("MessageGroupId");
    kept.erase("MessageDeduplicationId");
  }
  send(call, s["TopicArn"], *queue, std::move(kept), "", "", {});
}

void ask_for_confirmation(Call& call, const Value& s) {
  const std::string &arn = s["TopicArn"].as_string(), &token = s["_Token"].as_string();
  if (!s["Protocol"].as_string().starts_with("http")) return;  // nobody writes letters here
  std::string id = call.random.uuid();
  Value body = Value::map(
      {{"Type", "SubscriptionConfirmation"},
       {"MessageId", id},
       {"Token", token},
       {"TopicArn", arn},
       {"Message", "You have chosen to subscribe to the topic " + arn +
                       ".\nTo confirm the subscription, visit the SubscribeURL included in this "
                       "message."},
       {"SubscribeURL",
        own_url(call) + "/?Action=ConfirmSubscription&TopicArn=" + arn + "&Token=" + token},
       {"Timestamp", format_iso8601(call.now, true)}});
  const Value* topic = call.find("topic", arn);
  sign_message(body, topic ? signature_version(*topic) : "1", own_url(call));
  call.after(0, "deliver-by-http",
             Value::map({{"SubscriptionArn", s["SubscriptionArn"]},
                         {"Type", "SubscriptionConfirmation"},
                         {"MessageId", id},
                         {"Letter", Value::map({{"MessageBody", to_json(body)}})}}));
}

}  // namespace mainstay::sns
