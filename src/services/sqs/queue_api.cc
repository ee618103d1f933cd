#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "cloud/kept_policy.hh"
#include "cloud/partition.hh"
#include "cloud/permission.hh"
#include "cloud/recent.hh"
#include "cloud/tags.hh"
#include "services/sqs/attribute.hh"
#include "services/sqs/handlers.hh"
#include "services/sqs/places.hh"

namespace mainstay::sqs {
namespace {

constexpr int64_t page_max = 1000;
constexpr int64_t purge_pause_ms = 60'000, name_pause_ms = 60'000;

constexpr cloud::TagRules tag_rules{.too_many_code = "InvalidParameterValue",
                                    .too_many = "Too many tags added for queue."};

Status check_name(const std::string& name, bool fifo) {
  auto is_allowed = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  };
  constexpr std::string_view suffix = ".fifo";
  std::string_view stem = name;
  if (fifo && !name.ends_with(suffix))
    return invalid_value(
        "The name of a FIFO queue can only include alphanumeric characters, hyphens, or "
        "underscores, must end with .fifo suffix and be 1 to 80 in length");
  if (fifo) stem.remove_suffix(suffix.size());
  if (stem.empty() || name.size() > 80 || !std::all_of(stem.begin(), stem.end(), is_allowed))
    return invalid_value(
        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
  return {};
}

Value shown_attributes(Call& call, const Value& queue) {
  Value out = queue["Attributes"];
  if (out.has("Policy")) out.set("Policy", cloud::shown_policy(call, out["Policy"].as_string()));
  return out;
}

// A queue that is there is answered again, unless it would be another.
Result<Value> existing(Call& call, const Value& queue, const Value& in) {
  const Value own = shown_attributes(call, queue);
  for (const auto& [name, value] : in["Attributes"].members())
    if (own[name] != value)
      return aws_error("QueueNameExists",
                       "A queue already exists with the same name and a different value for "
                       "attribute " +
                           name);
  return Value::map({{"QueueUrl", url_of(call, queue["QueueName"].as_string())}});
}

// What AddPermission may give to others ("Actions", API reference).
bool may_be_given(const std::string& action) {
  constexpr std::string_view actions[] = {"SendMessage",
                                          "ReceiveMessage",
                                          "DeleteMessage",
                                          "ChangeMessageVisibility",
                                          "GetQueueAttributes",
                                          "GetQueueUrl",
                                          "ListDeadLetterSourceQueues",
                                          "PurgeQueue"};
  return std::find(std::begin(actions), std::end(actions), action) != std::end(actions);
}

std::string seconds(const Value& time) {
  return std::to_string(time.as_time().ms / 1000);
}

// What is made up of other things when it is asked for.
Value all_attributes(Call& call, const Value& queue) {
  Value out = shown_attributes(call, queue);
  int64_t visible = 0, hidden = 0, delayed = 0;
  for (const auto& [key, message] : messages_of(call, queue)) {
    bool is_visible = message["_Visible"].as_int() <= call.now.ms;
    ++(is_visible ? visible : message["_Received"].as_int() > 0 ? hidden : delayed);
  }
  out.set("QueueArn", call.arn(queue["QueueName"].as_string()));
  out.set("CreatedTimestamp", seconds(queue["_Created"]));
  out.set("LastModifiedTimestamp", seconds(queue["_Changed"]));
  out.set("ApproximateNumberOfMessages", std::to_string(visible));
  out.set("ApproximateNumberOfMessagesNotVisible", std::to_string(hidden));
  out.set("ApproximateNumberOfMessagesDelayed", std::to_string(delayed));
  return out;
}

}  // namespace

Result<Value> create_queue(Call& call, const Value& in) {
  const std::string& name = in["QueueName"].as_string();
  bool fifo = in["Attributes"]["FifoQueue"].as_string() == "true";
  CHECK_OK(check_name(name, fifo));
  if (const Value* found = call.find("queue", name)) return existing(call, *found, in);
  if (!cloud::recall(call, "deleted-queue", name).is_null())
    return aws_error("QueueDeletedRecently",
                     "You must wait 60 seconds after deleting a queue before you can create "
                     "another with the same name.");
  Value queue = Value::map({{"QueueName", name},
                            {"_Id", call.random.uuid()},
                            {"_Created", call.now},
                            {"_Changed", call.now},
                            {"_Tags", Value::list()}});
  CHECK_OK(set_attributes(call, queue, in["Attributes"], true));
  CHECK_OK(cloud::add_tags(call, queue, in["tags"], tag_rules));
  put_queue(call, queue);
  return Value::map({{"QueueUrl", url_of(call, name)}});
}

Result<Value> get_queue_url(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  return Value::map({{"QueueUrl", url_of(call, queue["QueueName"].as_string())}});
}

Result<Value> get_queue_attributes(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  Value all = all_attributes(call, queue), out = Value::map({});
  for (const Value& name : in["AttributeNames"].items())
    if (!is_attribute_name(name.as_string()))
      return aws_error("InvalidAttributeName", "Unknown Attribute " + name.as_string() + ".");
  for (const Value& name : in["AttributeNames"].items()) {
    if (name.as_string() == "All") return Value::map({{"Attributes", std::move(all)}});
    if (const Value* value = all.find(name.as_string())) out.set(name.as_string(), *value);
  }
  if (out.empty()) return Value::map({});
  return Value::map({{"Attributes", std::move(out)}});
}

Result<Value> set_queue_attributes(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  CHECK_OK(set_attributes(call, queue, in["Attributes"], false));
  put_queue(call, queue.set("_Changed", call.now));
  return Value::map({});
}

Result<Value> list_queues(Call& call, const Value& in) {
  const std::string& prefix = in["QueueNamePrefix"].as_string();
  std::string from = prefix;
  if (in.has("NextToken")) {
    auto position = cloud::read_token(in["NextToken"].as_string());
    if (!position) return invalid_value("Invalid or expired next token.");
    from = *position;
  }
  int64_t asked = in["MaxResults"].as_int(page_max);
  if (asked < 1 || asked > page_max)
    return invalid_value("Value " + std::to_string(asked) +
                         " for parameter MaxResults is invalid. Reason: Must be between 1 and "
                         "1000, if provided.");
  size_t count = static_cast<size_t>(asked);
  Value urls = Value::list(), out = Value::map({});
  const auto& all = call.all("queue");
  for (auto it = all.lower_bound(from); it != all.end() && it->first.starts_with(prefix); ++it) {
    if (urls.size() == count) {
      if (in.has("MaxResults")) out.set("NextToken", cloud::make_token(it->first));
      break;
    }
    urls.push_back(url_of(call, it->first));
  }
  if (!urls.empty()) out.set("QueueUrls", std::move(urls));
  return out;
}

// AWS keeps the name for a minute, which takes no time here unless the clock says so
// (cloud/clock.hh).
Result<Value> delete_queue(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  const std::string name = queue["QueueName"].as_string();
  drop_messages(call, queue);
  cloud::forget_all(call, "deduplication/" + queue["_Id"].as_string());
  call.remove("number", queue["_Id"].as_string());
  call.remove("queue", name);
  if (int64_t pause_ms = call.duration(name_pause_ms); pause_ms > 0)
    cloud::remember(call, "deleted-queue", name, true, call.now + pause_ms);
  return Value::map({});
}

Result<Value> purge_queue(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  const Value* purged = queue.find("_Purged");
  if (purged && call.now - purged->as_time() < purge_pause_ms)
    return aws_error("PurgeQueueInProgress",
                     "Only one PurgeQueue operation on " + queue["QueueName"].as_string() +
                         " is allowed every 60 seconds.",
                     403);
  drop_messages(call, queue);
  put_queue(call, queue.set("_Purged", call.now));
  return Value::map({});
}

Result<Value> tag_queue(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  CHECK_OK(cloud::add_tags(call, queue, in["Tags"], tag_rules));
  put_queue(call, queue);
  return Value::map({});
}

Result<Value> untag_queue(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  cloud::remove_tags(queue, in["TagKeys"]);
  put_queue(call, queue);
  return Value::map({});
}

Result<Value> list_queue_tags(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  if (queue["_Tags"].empty()) return Value::map({});
  return Value::map({{"Tags", cloud::tags_as_map(queue["_Tags"])}});
}

Result<Value> add_permission(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  const std::string& label = in["Label"].as_string();
  const std::string arn = call.arn(queue["QueueName"].as_string());
  auto written = parse_json(queue["Attributes"]["Policy"].as_string());
  Value policy = written.has_value() ? *written
                                     : Value::map({{"Version", "2008-10-17"},
                                                   {"Id", arn + "/SQSDefaultPolicy"},
                                                   {"Statement", Value::list()}});
  if (cloud::has_statement(policy, label))
    return invalid_parameter(label, "Label", "Already exists.");
  cloud::Permission permission{.label = label,
                               .accounts = {},
                               .actions = {},
                               .resource = arn,
                               .partition = cloud::partition_of(call.region)};
  for (const Value& account : in["AWSAccountIds"].items())
    permission.accounts.push_back(account.as_string());
  for (const Value& action : in["Actions"].items()) {
    if (action.as_string() != "*" && !may_be_given(action.as_string()))
      return invalid_parameter("SQS:" + action.as_string(), "ActionName",
                               "Only the queue owner is allowed to invoke this action.");
    permission.actions.push_back("SQS:" + action.as_string());
  }
  cloud::add_statement(policy, permission);
  queue.member("Attributes").set("Policy", to_json(policy));
  put_queue(call, queue);
  return Value::map({});
}

Result<Value> remove_permission(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  const std::string& label = in["Label"].as_string();
  auto policy = parse_json(queue["Attributes"]["Policy"].as_string());
  if (!policy.has_value() || !cloud::remove_statement(*policy, label))
    return invalid_parameter(label, "Label", "can't find label.");
  if ((*policy)["Statement"].empty())
    queue.member("Attributes").erase("Policy");
  else
    queue.member("Attributes").set("Policy", to_json(*policy));
  put_queue(call, queue);
  return Value::map({});
}

}  // namespace mainstay::sqs
