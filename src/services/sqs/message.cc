// Messages. Each stands under the time at which it is next visible, so that receiving looks at what
// is due and nothing else: a received message moves to the end of its visibility timeout.
#include "services/sqs/message.hh"

#include <algorithm>
#include <optional>

#include "base/digest.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "services/sqs/handlers.hh"

namespace mainstay::sqs {
namespace {

constexpr int64_t receive_max = 10, visibility_s_max = 43'200;

std::string padded(int64_t number) {
  constexpr size_t digits = 15;
  std::string text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

std::string topic_of(const Call& call, const Value& queue) {
  return call.topic("queue/" + queue["QueueName"].as_string());
}

// Puts the message where it is next visible; whoever waits for one looks again.
void place(Call& call, const Value& queue, Value message, int64_t visible_ms) {
  const std::string id = message["MessageId"].as_string();
  std::string key = padded(visible_ms) + "-" + padded(message["_Sent"].as_int()) + "-" + id;
  call.put(messages_of(queue), key, message.set("_Visible", visible_ms));
  call.put(places_of(queue), id, key);
  call.notify(topic_of(call, queue));
}

void take_away(Call& call, const Value& queue, const std::string& id) {
  const Value* key = call.find(places_of(queue), id);
  if (!key) return;
  call.remove(messages_of(queue), key->as_string());
  call.remove(places_of(queue), id);
}

std::string make_handle(Call& call, const std::string& id) {
  return base64_encode(id + "|" + call.random.hex(32));
}

// The message's id out of a receipt handle.
Result<std::string> id_in(const Value& handle) {
  auto text = base64_decode(handle.as_string());
  size_t bar = text ? text->find('|') : std::string::npos;
  if (bar == std::string::npos)
    return aws_error("ReceiptHandleIsInvalid", "The input receipt handle is invalid.");
  return text->substr(0, bar);
}

bool is_wanted(const Value& names, const std::string& name) {
  const List& all = names.items();
  return std::any_of(all.begin(), all.end(), [&](const Value& wanted) {
    const std::string& text = wanted.as_string();
    return text == "All" || text == ".*" || text == name ||
           (text.ends_with(".*") && name.starts_with(text.substr(0, text.size() - 2)));
  });
}

Value picked(const Value& all, const Value& names) {
  Value out = Value::map({});
  for (const auto& [name, value] : all.members())
    if (is_wanted(names, name)) out.set(name, value);
  return out;
}

Value shown(Call& call, const Value& message, const Value& in) {
  Value out = Value::map({{"MessageId", message["MessageId"]},
                          {"ReceiptHandle", make_handle(call, message["MessageId"].as_string())},
                          {"MD5OfBody", hex_encode(md5(message["Body"].as_string()))},
                          {"Body", message["Body"]}});
  Value system = Value::map({{"SenderId", message["_Sender"]},
                             {"SentTimestamp", message["_Sent"].to_text()},
                             {"ApproximateReceiveCount", message["_Received"].to_text()},
                             {"ApproximateFirstReceiveTimestamp", message["_First"].to_text()}});
  Value names = in["AttributeNames"];
  for (const Value& name : in["MessageSystemAttributeNames"].items()) names.push_back(name);
  if (Value some = picked(system, names); !some.empty()) out.set("Attributes", std::move(some));
  Value own = picked(message["_Attributes"], in["MessageAttributeNames"]);
  if (own.empty()) return out;
  out.set("MD5OfMessageAttributes", digest_of_attributes(own));
  return out.set("MessageAttributes", std::move(own));
}

// The queue for what was received too often, null where there is none.
Value dead_letter_queue(Call& call, const Value& queue, const Value& message) {
  auto policy = parse_json(queue["Attributes"]["RedrivePolicy"].as_string());
  if (!policy.has_value()) return Value();
  auto most = parse_int((*policy)["maxReceiveCount"].to_text());
  if (!most || message["_Received"].as_int() < *most) return Value();
  auto parts = split((*policy)["deadLetterTargetArn"].as_string(), ":");
  const Value* found = call.find("queue", parts.back());
  return found ? *found : Value();
}

// Takes what is due, up to `count`; what is too old, or belongs to the dead letters, goes.
List take_due(Call& call, const Value& queue, size_t count) {
  List due, gone, dead;
  int64_t oldest_ms = call.now.ms - number_of(queue, "MessageRetentionPeriod") * 1000;
  std::string end = padded(call.now.ms + 1);
  for (const auto& [key, message] : call.all(messages_of(queue))) {
    if (key >= end || due.size() == count) break;
    if (message["_Sent"].as_int() < oldest_ms)
      gone.push_back(message);
    else if (!dead_letter_queue(call, queue, message).is_null())
      dead.push_back(message);
    else
      due.push_back(message);
  }
  for (const Value& message : gone) take_away(call, queue, message["MessageId"].as_string());
  for (Value& message : dead) {
    take_away(call, queue, message["MessageId"].as_string());
    Value target = dead_letter_queue(call, queue, message);
    place(call, target, message.set("_Received", 0), call.now.ms);
  }
  return due;
}

// Of UTF-8, the first character outside #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD |
// #x10000 to #x10FFFF (SendMessage).
std::optional<unsigned> forbidden_character(std::string_view body) {
  auto byte = [&](size_t at) -> unsigned {
    return at < body.size() ? static_cast<unsigned char>(body[at]) : 0;
  };
  for (size_t at = 0; at < body.size(); ++at) {
    unsigned first = byte(at);
    if (first < 0x20 && first != '\t' && first != '\n' && first != '\r') return first;
    if (first != 0xED && first != 0xEF) continue;  // what is left has three bytes: #xD000, #xF000
    unsigned code = (first & 0xF) << 12 | (byte(at + 1) & 0x3F) << 6 | (byte(at + 2) & 0x3F);
    if ((code >= 0xD800 && code <= 0xDFFF) || code == 0xFFFE || code == 0xFFFF) return code;
  }
  return std::nullopt;
}

std::string upper_hex(unsigned number) {
  std::string out;
  do out.insert(out.begin(), "0123456789ABCDEF"[number % 16]);
  while (number /= 16);
  return out;
}

Status check_characters(std::string_view body) {
  auto found = forbidden_character(body);
  if (!found) return {};
  return aws_error("InvalidMessageContents",
                   "Invalid binary character '#x" + upper_hex(*found) +
                       "' was found in the message body, the set of allowed characters is #x9 | "
                       "#xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF].");
}

Status check_body(const Value& queue, const Value& in) {
  const std::string& body = in["MessageBody"].as_string();
  if (body.empty())
    return aws_error("MissingParameter", "The request must contain the parameter MessageBody.");
  CHECK_OK(check_characters(body));
  size_t size = body.size();
  for (const auto& [name, attribute] : in["MessageAttributes"].members()) {
    size += name.size() + attribute["DataType"].as_string().size() +
            attribute["StringValue"].as_string().size() +
            attribute["BinaryValue"].as_bytes().size();
    if (!attribute.has("StringValue") && !attribute.has("BinaryValue"))
      return invalid_value("The message attribute '" + name +
                           "' must contain non-empty message attribute value for message "
                           "attribute type '" +
                           attribute["DataType"].as_string() + "'.");
  }
  int64_t most = number_of(queue, "MaximumMessageSize");
  if (static_cast<int64_t>(size) > most)
    return invalid_value(
        "One or more parameters are invalid. Reason: Message must be shorter "
        "than " +
        std::to_string(most) + " bytes.");
  return {};
}

}  // namespace

Result<Value> send_to(Call& call, const Value& queue, const Value& in) {
  CHECK_OK(check_body(queue, in));
  constexpr int64_t delay_s_max = 900;
  int64_t delay_s = in["DelaySeconds"].as_int(number_of(queue, "DelaySeconds"));
  if (delay_s < 0 || delay_s > delay_s_max)
    return invalid_value("Value " + std::to_string(delay_s) +
                         " for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= "
                         "0 and <= 900.");
  std::string id = call.random.uuid();
  place(call, queue,
        Value::map({{"MessageId", id},
                    {"Body", in["MessageBody"]},
                    {"_Attributes", in["MessageAttributes"]},
                    {"_Sent", call.now.ms},
                    {"_Sender", call.caller.user_id},
                    {"_Received", 0}}),
        call.now.ms + delay_s * 1000);
  Value out = Value::map(
      {{"MessageId", id}, {"MD5OfMessageBody", hex_encode(md5(in["MessageBody"].as_string()))}});
  if (!in["MessageAttributes"].empty())
    out.set("MD5OfMessageAttributes", digest_of_attributes(in["MessageAttributes"]));
  return out;
}

Status delete_by_handle(Call& call, const Value& queue, const Value& handle) {
  TRY(std::string id, id_in(handle));
  take_away(call, queue, id);
  return {};
}

Result<Value> send_message(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  return send_to(call, queue, in);
}

// An empty queue's answer waits for a message: one that is sent, or one that becomes visible.
Result<Value> wait_for_message(Call& call, const Value& queue, const Value& in) {
  constexpr int64_t wait_s_max = 20;
  int64_t wait_s = in["WaitTimeSeconds"].as_int(number_of(queue, "ReceiveMessageWaitTimeSeconds"));
  if (wait_s < 0 || wait_s > wait_s_max)
    return invalid_value("Value " + std::to_string(wait_s) +
                         " for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= "
                         "20, if provided.");
  bool is_first = call.wait_state.is_null();
  Time end = is_first ? call.now + wait_s * 1000 : call.wait_state.as_time();
  if (end <= call.now) return Value::map({});
  Time until = end;
  if (const store::Documents& all = call.all(messages_of(queue)); !all.empty())
    until = std::min(until, Time{all.begin()->second["_Visible"].as_int()});
  return call.wait(topic_of(call, queue), until, end);
}

Result<Value> receive_message(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  int64_t count = in["MaxNumberOfMessages"].as_int(1);
  if (count < 1 || count > receive_max)
    return invalid_value("Value " + std::to_string(count) +
                         " for parameter MaxNumberOfMessages is invalid. Reason: Must be between "
                         "1 and 10, if provided.");
  int64_t hidden_s = in["VisibilityTimeout"].as_int(number_of(queue, "VisibilityTimeout"));
  Value messages = Value::list();
  for (Value& message : take_due(call, queue, static_cast<size_t>(count))) {
    take_away(call, queue, message["MessageId"].as_string());
    message.set("_Received", message["_Received"].as_int() + 1);
    if (!message.has("_First")) message.set("_First", call.now.ms);
    place(call, queue, message, call.now.ms + hidden_s * 1000);
    messages.push_back(shown(call, message, in));
  }
  if (messages.empty()) return wait_for_message(call, queue, in);
  return Value::map({{"Messages", std::move(messages)}});
}

Result<Value> delete_message(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  CHECK_OK(delete_by_handle(call, queue, in["ReceiptHandle"]));
  return Value::map({});
}

Result<Value> change_visibility(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  int64_t hidden_s = in["VisibilityTimeout"].as_int();
  if (hidden_s < 0 || hidden_s > visibility_s_max)
    return invalid_value("Value " + std::to_string(hidden_s) +
                         " for parameter VisibilityTimeout is invalid. Reason: Must be between 0 "
                         "and 43200.");
  TRY(std::string id, id_in(in["ReceiptHandle"]));
  const Value* key = call.find(places_of(queue), id);
  const Value* found = key ? call.find(messages_of(queue), key->as_string()) : nullptr;
  if (!found || (*found)["_Visible"].as_int() <= call.now.ms)
    return aws_error("MessageNotInflight",
                     "Value for parameter ReceiptHandle is invalid. Reason: Message does not exist "
                     "or is not available for visibility timeout change.");
  Value message = *found;
  take_away(call, queue, id);
  place(call, queue, std::move(message), call.now.ms + hidden_s * 1000);
  return Value::map({});
}

}  // namespace mainstay::sqs
