// Topics: attributes, policies, tags. Sources: the operations' pages of the SNS API reference;
// defaults and words from recorded answers (tests/clients/test_sns.py).
#include "services/sns/topic.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "cloud/kept_policy.hh"
#include "cloud/partition.hh"
#include "cloud/permission.hh"
#include "cloud/tags.hh"
#include "services/sns/delivery_policy.hh"
#include "services/sns/handlers.hh"
#include "services/sns/subscription.hh"
#include "wire/arn.hh"

namespace mainstay::sns {

const cloud::ResourceKind topic_kind{
    .table = "topic",
    .list = "Topics",
    .missing_code = "NotFound",
    .missing = "Topic does not exist",
    .missing_status = 404,
};

namespace {

constexpr cloud::TagRules tag_rules{.too_many_code = "TagLimitExceeded",
                                    .too_many =
                                        "Could not complete request: tag quota of per "
                                        "resource exceeded",
                                    .reserved_code = "InvalidParameter",
                                    .reserved =
                                        "Invalid parameter: Tag Reason: aws: prefixed tag "
                                        "key names are not allowed for external use",
                                    .duplicate_code = "InvalidParameter",
                                    .duplicate =
                                        "Invalid parameter: Duplicated keys are not "
                                        "allowed."};

enum class Form : uint8_t { text, json, boolean, choice };
struct AttributeRow {
  std::string_view name;
  Form form = Form::text;
  std::string_view choices = {};  // "a|b"
  bool only_fifo = false;
};

// SetTopicAttributes, "AttributeName".
constexpr AttributeRow attribute_rows[] = {
    {"DisplayName"},
    {"Policy", Form::json},
    {"DeliveryPolicy", Form::json},
    {"KmsMasterKeyId"},
    {"SignatureVersion", Form::choice, "1|2"},
    {"TracingConfig", Form::choice, "PassThrough|Active"},
    {"ContentBasedDeduplication", Form::boolean, {}, true},
    {"FifoThroughputScope", Form::choice, "Topic|MessageGroup", true},
};
// Delivery status logging: "HTTPSuccessFeedbackRoleArn" and so on. Kept, and nothing is logged.
constexpr std::string_view feedback_protocols[] = {"HTTP", "Firehose", "Lambda", "SQS",
                                                   "Application"};
constexpr std::string_view feedback_settings[] = {
    "SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate", "FailureFeedbackRoleArn"};

bool is_feedback(std::string_view name) {
  for (std::string_view protocol : feedback_protocols)
    for (std::string_view setting : feedback_settings)
      if (name.starts_with(protocol) && name.substr(protocol.size()) == setting) return true;
  return false;
}

bool fits(const AttributeRow& row, const std::string& value) {
  if (row.form == Form::json) return parse_json(value).has_value();
  if (row.form == Form::boolean) return value == "true" || value == "false";
  if (row.form != Form::choice) return true;
  auto choices = split(row.choices, "|");
  return std::find(choices.begin(), choices.end(), value) != choices.end();
}

Status set_attribute(Value& topic, const std::string& name, const std::string& value) {
  if (name == "ArchivePolicy")
    return aws_error("NotImplemented",
                     "mainstay's embedded cloud does not archive and replay messages of topics",
                     501);
  const auto* row = std::find_if(std::begin(attribute_rows), std::end(attribute_rows),
                                 [&](const AttributeRow& r) { return r.name == name; });
  bool is_known = row != std::end(attribute_rows);
  if (!is_known && !is_feedback(name)) return invalid("AttributeName");
  if (is_known && row->only_fifo && !is_fifo(topic))
    return invalid(name + " Reason: " + name + " attribute is only supported for FIFO topics");
  if (is_known && !value.empty() && !fits(*row, value))
    return invalid(name + (row->form == Form::json ? ": failed to parse JSON." : ""));
  if (value.empty() && name != "DisplayName")
    topic.member("Attributes").erase(name);
  else
    topic.member("Attributes")
        .set(name, name == "DeliveryPolicy" ? whole_delivery_policy(value) : value);
  return {};
}

// "Topic names must be made up of only uppercase and lowercase ASCII letters, numbers, underscores,
// and hyphens, and must be between 1 and 256 characters long." (CreateTopic)
Status check_name(const std::string& name, bool fifo) {
  std::string_view stem = name;
  if (fifo && !name.ends_with(".fifo"))
    return invalid(
        "Topic Name Reason: Fifo Topic names must end with .fifo and must be made up of "
        "only uppercase and lowercase ASCII letters, numbers, underscores, and hyphens, "
        "and must be between 1 and 256 characters long.");
  if (fifo) stem.remove_suffix(5);
  bool is_plain = std::all_of(stem.begin(), stem.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_';
  });
  constexpr size_t name_max = 256;
  if (stem.empty() || name.size() > name_max || !is_plain) return invalid("Topic Name");
  return {};
}

// What every topic has until it is set ("Example cases for SNS access control": the owner may all).
Value default_policy(const Call& call, const std::string& arn) {
  std::vector<std::string> actions;
  for (const char* name :
       {"GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission",
        "DeleteTopic", "Subscribe", "ListSubscriptionsByTopic", "Publish"})
    actions.push_back(std::string("SNS:") + name);
  return Value::map(
      {{"Version", "2008-10-17"},
       {"Id", "__default_policy_ID"},
       {"Statement",
        Value::list({Value::map(
            {{"Sid", "__default_statement_ID"},
             {"Effect", "Allow"},
             {"Principal", Value::map({{"AWS", "*"}})},
             {"Action", Value::texts(actions)},
             {"Resource", arn},
             {"Condition", Value::map({{"StringEquals",
                                        Value::map({{"AWS:SourceOwner", call.account}})}})}})})}});
}

std::string shown_policy(Call& call, const Value& topic) {
  return cloud::shown_policy(call, to_json(topic["_Policy"]));
}

// As it is to be kept. The word for a principal that is not there is the one that tools report.
Result<Value> take_policy(Call& call, const std::string& text) {
  constexpr size_t bytes_max = 30'720;  // SNS quotas
  if (!parse_json(text).has_value()) return invalid("Policy: failed to parse JSON.");
  if (text.size() > bytes_max) return invalid("Policy Error: policy is too large");
  auto taken = cloud::take_policy(call, text, policy::Kind::resource);
  if (!taken.has_value())
    return invalid(cloud::refused_principal(taken.error())
                       ? "Policy Error: PrincipalNotFound"
                       : "Policy Error: " + taken.error().message);
  return parse_json(taken->kept);
}

// A topic that is there is answered again, unless it would be another (CreateTopic: "if the
// requester already owns a topic with the specified name, that topic's ARN is returned").
Result<Value> existing(Call& call, const Value& topic, const Value& in) {
  for (const auto& [name, value] : in["Attributes"].members()) {
    const Value* own = topic["Attributes"].find(name);
    if (name == "Policy" ? *parse_json(value.as_string()) != *parse_json(shown_policy(call, topic))
                         : (own ? own->as_string() : "") != value.as_string() &&
                               !(value.as_string() == "false" && !own))
      return invalid("Attributes Reason: Topic already exists with different attributes");
  }
  Value wanted = cloud::tags_as_map(in["Tags"]);
  if (!in["Tags"].empty() && wanted != cloud::tags_as_map(topic["_Tags"]))
    return invalid("Tags Reason: Topic already exists with different tags");
  return Value::map({{"TopicArn", topic["TopicArn"]}});
}

Result<Value> find_tagged(const Call& call, const Value& in) {
  auto found = find_topic(call, in, "ResourceArn");
  if (found.has_value() || found.error().code != "NotFound") return found;
  return aws_error("ResourceNotFound", "Resource does not exist", 404);
}

}  // namespace

Error invalid(std::string_view what) {
  return aws_error("InvalidParameter", "Invalid parameter: " + std::string(what));
}

Result<std::string> resource_in(const Call& call, const Value& in, std::string_view member) {
  const std::string& text = in[member].as_string();
  size_t parts = split(text, ":").size();
  constexpr size_t arn_parts = 6;
  if (text.empty() && member != "TopicArn")
    return invalid(std::string(member) + " Reason: no value for required parameter");
  if (parts < arn_parts)
    return invalid(std::string(member) + " Reason: An ARN must have at least 6 elements, not " +
                   std::to_string(parts));
  auto arn = wire::parse_arn(text);
  if (!arn.has_value() || arn->service != "sns" || arn->region != call.region)
    return invalid(member);
  return arn->resource;
}

Result<Value> find_topic(const Call& call, const Value& in, std::string_view member) {
  TRY(std::string name, resource_in(call, in, member));
  return cloud::find_resource(call, topic_kind, name);
}

void put_topic(Call& call, const Value& topic) {
  call.put("topic", topic["TopicName"].as_string(), topic);
}

bool is_true(const Value& attribute) {
  return attribute.as_string() == "true";
}

std::string signature_version(const Value& topic) {
  if (is_fifo(topic)) return "";
  const Value& own = topic["Attributes"]["SignatureVersion"];
  return own.is_string() ? own.as_string() : "1";
}

bool is_fifo(const Value& topic) {
  return is_true(topic["Attributes"]["FifoTopic"]);
}

Result<Value> create_topic(Call& call, const Value& in) {
  const std::string& name = in["Name"].as_string();
  const Value& attributes = in["Attributes"];
  bool fifo = is_true(attributes["FifoTopic"]);
  CHECK_OK(check_name(name, fifo));
  for (const auto& [key, value] : attributes.members())
    if (key == "Policy" && !parse_json(value.as_string()).has_value())
      return invalid("Policy: failed to parse JSON.");
  if (const Value* found = call.find("topic", name)) return existing(call, *found, in);
  Value topic = Value::map({{"TopicName", name},
                            {"TopicArn", call.arn(name)},
                            {"Attributes", Value::map({{"DisplayName", ""}})},
                            {"_Tags", Value::list()},
                            {"_Confirmed", 0},
                            {"_Pending", 0},
                            {"_Deleted", 0}});
  if (fifo)
    topic.member("Attributes").set("FifoTopic", "true").set("ContentBasedDeduplication", "false");
  topic.set("_Policy", default_policy(call, call.arn(name)));
  for (const auto& [key, value] : attributes.members()) {
    if (key == "Policy") {
      TRY(Value policy, take_policy(call, value.as_string()));
      topic.set("_Policy", std::move(policy));
    } else if (key != "FifoTopic") {
      CHECK_OK(set_attribute(topic, key, value.as_string()));
    }
  }
  CHECK_OK(cloud::add_tags(call, topic, in["Tags"], tag_rules));
  if (in.has("DataProtectionPolicy")) topic.set("DataProtectionPolicy", in["DataProtectionPolicy"]);
  put_topic(call, topic);
  return Value::map({{"TopicArn", topic["TopicArn"]}});
}

// A topic that is gone is no error; its subscriptions go with it.
Result<Value> delete_topic(Call& call, const Value& in) {
  TRY(std::string name, resource_in(call, in, "TopicArn"));
  if (call.remove("topic", name)) remove_subscriptions(call, name);
  return Value::map({});
}

Result<Value> list_topics(Call& call, const Value& in) {
  return cloud::list_resources(call, topic_kind, in, {.show = [](const Value& t) {
                                 return Value::map({{"TopicArn", t["TopicArn"]}});
                               }});
}

Result<Value> get_topic_attributes(Call& call, const Value& in) {
  TRY(Value topic, find_topic(call, in));
  Value out = topic["Attributes"];
  out.set("TopicArn", topic["TopicArn"])
      .set("Owner", call.account)
      .set("Policy", shown_policy(call, topic))
      .set("EffectiveDeliveryPolicy", to_json(effective_delivery_policy(topic)))
      .set("SubscriptionsConfirmed", topic["_Confirmed"].to_text())
      .set("SubscriptionsPending", topic["_Pending"].to_text())
      .set("SubscriptionsDeleted", topic["_Deleted"].to_text());
  return Value::map({{"Attributes", std::move(out)}});
}

Result<Value> set_topic_attributes(Call& call, const Value& in) {
  TRY(Value topic, find_topic(call, in));
  const std::string& name = in["AttributeName"].as_string();
  const std::string& value = in["AttributeValue"].as_string();
  if (name == "Policy") {
    Value policy = default_policy(call, topic["TopicArn"].as_string());
    if (!value.empty()) {
      TRY(policy, take_policy(call, value));
    }
    topic.set("_Policy", std::move(policy));
  } else {
    CHECK_OK(set_attribute(topic, name, value));
  }
  put_topic(call, topic);
  return Value::map({});
}

Result<Value> add_permission(Call& call, const Value& in) {
  TRY(Value topic, find_topic(call, in));
  cloud::Permission permission{.label = in["Label"].as_string(),
                               .accounts = {},
                               .actions = {},
                               .resource = topic["TopicArn"].as_string(),
                               .partition = cloud::partition_of(call.region)};
  if (cloud::has_statement(topic["_Policy"], permission.label))
    return invalid("Statement already exists");
  for (const Value& account : in["AWSAccountId"].items())
    permission.accounts.push_back(account.as_string());
  static const std::set<std::string> allowed = {"GetTopicAttributes",
                                                "SetTopicAttributes",
                                                "AddPermission",
                                                "RemovePermission",
                                                "DeleteTopic",
                                                "Subscribe",
                                                "ListSubscriptionsByTopic",
                                                "Publish",
                                                "*"};
  for (const Value& action : in["ActionName"].items()) {
    if (!allowed.contains(action.as_string()))
      return invalid("Policy statement action out of service scope!");
    permission.actions.push_back("SNS:" + action.as_string());
  }
  cloud::add_statement(topic.member("_Policy"), permission);
  put_topic(call, topic);
  return Value::map({});
}

Result<Value> remove_permission(Call& call, const Value& in) {
  TRY(Value topic, find_topic(call, in));
  cloud::remove_statement(topic.member("_Policy"), in["Label"].as_string());
  put_topic(call, topic);
  return Value::map({});
}

Result<Value> tag_resource(Call& call, const Value& in) {
  TRY(Value topic, find_tagged(call, in));
  CHECK_OK(cloud::add_tags(call, topic, in["Tags"], tag_rules));
  put_topic(call, topic);
  return Value::map({});
}

Result<Value> untag_resource(Call& call, const Value& in) {
  TRY(Value topic, find_tagged(call, in));
  cloud::remove_tags(topic, in["TagKeys"]);
  put_topic(call, topic);
  return Value::map({});
}

Result<Value> list_tags(Call& call, const Value& in) {
  TRY(Value topic, find_tagged(call, in));
  return Value::map({{"Tags", topic["_Tags"]}});
}

// Kept and given back; messages are not looked through.
Result<Value> put_data_protection_policy(Call& call, const Value& in) {
  TRY(Value topic, find_topic(call, in, "ResourceArn"));
  if (!parse_json(in["DataProtectionPolicy"].as_string()).has_value())
    return invalid("DataProtectionPolicy: failed to parse JSON.");
  put_topic(call, topic.set("DataProtectionPolicy", in["DataProtectionPolicy"]));
  return Value::map({});
}

Result<Value> get_data_protection_policy(Call& call, const Value& in) {
  TRY(Value topic, find_topic(call, in, "ResourceArn"));
  return Value::map({{"DataProtectionPolicy", topic["DataProtectionPolicy"].as_string()}});
}

}  // namespace mainstay::sns
