#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "services/sqs/handlers.hh"

namespace mainstay::sqs {
namespace {

constexpr int64_t page_max = 1000;
constexpr size_t tags_max = 50;

struct NumberRow {
  std::string_view name;
  int64_t least, most;
};

// SetQueueAttributes, "Attributes".
constexpr NumberRow number_rows[] = {
    {"VisibilityTimeout", 0, 43'200},          {"MaximumMessageSize", 1024, 1'048'576},
    {"MessageRetentionPeriod", 60, 1'209'600}, {"DelaySeconds", 0, 900},
    {"ReceiveMessageWaitTimeSeconds", 0, 20},  {"KmsDataKeyReusePeriodSeconds", 60, 86'400}};
constexpr std::string_view other_attributes[] = {"Policy", "RedrivePolicy", "RedriveAllowPolicy",
                                                 "KmsMasterKeyId", "SqsManagedSseEnabled"};

Error bad_attribute(const std::string& name) {
  return aws_error("InvalidAttributeValue", "Invalid value for the parameter " + name + ".");
}

Status check_attribute(const std::string& name, const std::string& value) {
  if (name == "FifoQueue" || name == "ContentBasedDeduplication")
    return aws_error("NotImplemented", "mainstay's embedded cloud does not implement FIFO queues",
                     501);
  for (const NumberRow& row : number_rows)
    if (row.name == name) {
      auto number = parse_int(value);
      if (!number || *number < row.least || *number > row.most) return bad_attribute(name);
      return {};
    }
  if (std::find(std::begin(other_attributes), std::end(other_attributes), name) ==
      std::end(other_attributes))
    return aws_error("InvalidAttributeName", "Unknown Attribute " + name + ".");
  bool is_json = name.ends_with("Policy") && !value.empty();
  if (is_json && !parse_json(value).has_value()) return bad_attribute(name);
  return {};
}

Status set_attributes(Value& queue, const Value& attributes) {
  for (const auto& [name, value] : attributes.members()) {
    CHECK_OK(check_attribute(name, value.as_string()));
    if (value.as_string().empty())
      queue.member("Attributes").erase(name);
    else
      queue.member("Attributes").set(name, value);
  }
  return {};
}

Status check_name(const std::string& name) {
  auto is_allowed = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  };
  if (name.empty() || name.size() > 80 || !std::all_of(name.begin(), name.end(), is_allowed))
    return invalid_value(
        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
  return {};
}

// A queue that is there is answered again, unless it would be another.
Result<Value> existing(Call& call, const Value& queue, const Value& in) {
  for (const auto& [name, value] : in["Attributes"].members())
    if (queue["Attributes"][name] != value)
      return aws_error("QueueNameExists",
                       "A queue already exists with the same name and a different value for "
                       "attribute " +
                           name);
  return Value::map({{"QueueUrl", url_of(call, queue["QueueName"].as_string())}});
}

std::string seconds(const Value& time) {
  return std::to_string(time.as_time().ms / 1000);
}

// What is made up of other things when it is asked for.
Value all_attributes(Call& call, const Value& queue) {
  Value out = queue["Attributes"];
  int64_t visible = 0, hidden = 0, delayed = 0;
  for (const auto& [key, message] : call.all(messages_of(queue))) {
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

void drop_messages(Call& call, const Value& queue) {
  for (const std::string& table : {messages_of(queue), places_of(queue)}) {
    std::vector<std::string> ids;
    for (const auto& [id, document] : call.all(table)) ids.push_back(id);
    for (const std::string& id : ids) call.remove(table, id);
  }
}

}  // namespace

Result<Value> create_queue(Call& call, const Value& in) {
  std::string name = in["QueueName"].as_string();
  if (name.ends_with(".fifo")) CHECK_OK(check_attribute("FifoQueue", "true"));
  CHECK_OK(check_name(name));
  if (const Value* found = call.find("queue", name)) return existing(call, *found, in);
  Value queue = Value::map({{"QueueName", name},
                            {"Attributes", default_attributes()},
                            {"_Id", call.random.uuid()},
                            {"_Created", call.now},
                            {"_Changed", call.now},
                            {"_Tags", in.has("tags") ? in["tags"] : Value::map({})}});
  CHECK_OK(set_attributes(queue, in["Attributes"]));
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
  for (const Value& name : in["AttributeNames"].items()) {
    if (name.as_string() == "All") return Value::map({{"Attributes", std::move(all)}});
    if (const Value* value = all.find(name.as_string())) out.set(name.as_string(), *value);
  }
  if (out.empty()) return Value::map({});
  return Value::map({{"Attributes", std::move(out)}});
}

Result<Value> set_queue_attributes(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  CHECK_OK(set_attributes(queue, in["Attributes"]));
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

Result<Value> delete_queue(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  drop_messages(call, queue);
  call.remove("queue", queue["QueueName"].as_string());
  return Value::map({});
}

Result<Value> purge_queue(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  drop_messages(call, queue);
  return Value::map({});
}

Result<Value> tag_queue(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  for (const auto& [key, value] : in["Tags"].members()) queue.member("_Tags").set(key, value);
  if (queue["_Tags"].size() > tags_max)
    return invalid_value("Too many tags added for queue " + queue["QueueName"].as_string() + ".");
  put_queue(call, queue);
  return Value::map({});
}

Result<Value> untag_queue(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  for (const Value& key : in["TagKeys"].items()) queue.member("_Tags").erase(key.as_string());
  put_queue(call, queue);
  return Value::map({});
}

Result<Value> list_queue_tags(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  if (queue["_Tags"].empty()) return Value::map({});
  return Value::map({{"Tags", queue["_Tags"]}});
}

}  // namespace mainstay::sqs
