// Sending, receiving, deleting and hiding messages.
#include "services/sqs/message.hh"

#include <algorithm>

#include "base/digest.hh"
#include "base/text.hh"
#include "cloud/recent.hh"
#include "services/sqs/dead_letter.hh"
#include "services/sqs/handlers.hh"
#include "services/sqs/places.hh"

namespace mainstay::sqs {
namespace {

constexpr int64_t receive_max = 10, visibility_s_max = 43'200;
constexpr int64_t deduplication_ms = 300'000;

// A receipt handle: which message, and the how manieth time it was received.
struct Receipt {
  std::string id;
  int64_t received;
};

std::string make_handle(Call& call, const Value& message) {
  return base64_encode(message["MessageId"].as_string() + "|" + message["_Received"].to_text() +
                       "|" + call.random.hex(32));
}

Result<Receipt> read_handle(const Value& handle) {
  auto text = base64_decode(handle.as_string());
  auto parts = split(text.value_or(""), "|");
  if (parts.size() != 3)
    return aws_error("ReceiptHandleIsInvalid", "The input receipt handle is invalid.");
  return Receipt{parts[0], parse_int(parts[1]).value_or(0)};
}

bool is_wanted(const Value& names, const std::string& name) {
  const List& all = names.items();
  return std::any_of(all.begin(), all.end(), [&](const Value& wanted) {
    const std::string& text = wanted.as_string();
    return text == "All" || text == ".*" || text == "*" || text == name ||
           (text.ends_with(".*") && name.starts_with(text.substr(0, text.size() - 2)));
  });
}

Value picked(const Value& all, const Value& names) {
  Value out = Value::map({});
  for (const auto& [name, value] : all.members())
    if (is_wanted(names, name)) out.set(name, value);
  return out;
}

// "MessageSystemAttributeNames" (ReceiveMessage).
Value system_attributes(const Value& message) {
  Value out = Value::map({{"SenderId", message["_Sender"]},
                          {"SentTimestamp", message["_Sent"].to_text()},
                          {"ApproximateReceiveCount", message["_Received"].to_text()},
                          {"ApproximateFirstReceiveTimestamp", message["_First"].to_text()}});
  constexpr std::pair<const char*, const char*> others[] = {
      {"MessageGroupId", "_Group"},
      {"MessageDeduplicationId", "_Deduplication"},
      {"SequenceNumber", "_Sequence"},
      {"DeadLetterQueueSourceArn", "_Source"}};
  for (const auto& [name, member] : others)
    if (message.has(member)) out.set(name, message[member]);
  for (const auto& [name, attribute] : message["_System"].members())
    out.set(name, attribute["StringValue"]);
  return out;
}

Value shown(Call& call, const Value& message, const Value& in) {
  Value out = Value::map({{"MessageId", message["MessageId"]},
                          {"ReceiptHandle", make_handle(call, message)},
                          {"MD5OfBody", hex_encode(md5(message["Body"].as_string()))},
                          {"Body", message["Body"]}});
  Value names = in["AttributeNames"];
  for (const Value& name : in["MessageSystemAttributeNames"].items()) names.push_back(name);
  if (Value some = picked(system_attributes(message), names); !some.empty())
    out.set("Attributes", std::move(some));
  Value own = picked(message["_Attributes"], in["MessageAttributeNames"]);
  if (own.empty()) return out;
  out.set("MD5OfMessageAttributes", digest_of_attributes(own));
  return out.set("MessageAttributes", std::move(own));
}

// Takes what is due, up to `count`; what is too old, or belongs to the dead letters, goes.
List take_due(Call& call, const Value& queue, size_t count) {
  List due, gone, dead;
  int64_t oldest_ms = call.now.ms - number_of(queue, "MessageRetentionPeriod") * 1000;
  visit_due(call, queue, [&](const Value& message) {
    if (message["_Sent"].as_int() < oldest_ms)
      gone.push_back(message);
    else if (!dead_letter_queue(call, queue, message).is_null())
      dead.push_back(message);
    else
      due.push_back(message);
    return due.size() < count;
  });
  for (const Value& message : gone) take_away(call, queue, message["MessageId"].as_string());
  for (const Value& message : dead)
    move_message(call, queue, dead_letter_queue(call, queue, message), message,
                 call.arn(queue["QueueName"].as_string()));
  return due;
}

// Of a FIFO queue: the answer that the same message got within five minutes, or null. The first
// one's group, deduplication id and sequence are set.
std::string deduplication_key(const Value& queue, const Value& message) {
  bool by_group = queue["Attributes"]["DeduplicationScope"].as_string() == "messageGroup";
  return (by_group ? message["_Group"].as_string() + "\n" : "") +
         message["_Deduplication"].as_string();
}

std::string deduplication_table(const Value& queue) {
  return "deduplication/" + queue["_Id"].as_string();
}

Value new_message(Call& call, const Value& queue, const Value& in) {
  int64_t delay_s = in["DelaySeconds"].as_int();
  if (!in.has("DelaySeconds") || is_fifo(queue)) delay_s = number_of(queue, "DelaySeconds");
  Value message = Value::map({{"MessageId", call.random.uuid()},
                              {"Body", in["MessageBody"]},
                              {"_Attributes", in["MessageAttributes"]},
                              {"_Sent", call.now.ms},
                              {"_Number", next_number(call, queue)},
                              {"_Sender", call.caller.user_id},
                              {"_Received", 0},
                              {"_Visible", call.now.ms + delay_s * 1000}});
  if (in.has("MessageSystemAttributes")) message.set("_System", in["MessageSystemAttributes"]);
  if (in.has("MessageGroupId")) message.set("_Group", in["MessageGroupId"]);
  if (is_fifo(queue))
    message.set("_Deduplication", in.has("MessageDeduplicationId")
                                      ? in["MessageDeduplicationId"]
                                      : Value(hex_encode(sha256(in["MessageBody"].as_string()))));
  return message;
}

Result<Value> wait_for_message(Call& call, const Value& queue, int64_t wait_s) {
  bool is_first = call.wait_state.is_null();
  Time end = is_first ? call.now + wait_s * 1000 : call.wait_state.as_time();
  if (end <= call.now) return Value::map({});
  Time until = std::min(end, next_due(call, queue).value_or(end));
  return call.wait(topic_of(call, queue), until, end);
}

// A number of a request that may be given: error where it is out of its bounds.
Result<int64_t> bounded(const Value& in, const char* name, int64_t otherwise, int64_t least,
                        int64_t most, const std::string& why) {
  int64_t number = in[name].as_int(otherwise);
  if (number < least || number > most) return invalid_parameter(std::to_string(number), name, why);
  return number;
}

}  // namespace

std::string sequence_of(int64_t number) {
  constexpr size_t digits_of_sequence = 19;
  std::string digits = std::to_string(number);
  return "1" + std::string(digits_of_sequence - digits.size(), '0') + digits;
}

Result<Value> send_to(Call& call, const Value& queue, const Value& in) {
  CHECK_OK(check_message(queue, in));
  Value message = new_message(call, queue, in);
  Value out = Value::map({{"MessageId", message["MessageId"]},
                          {"MD5OfMessageBody", hex_encode(md5(in["MessageBody"].as_string()))}});
  if (!in["MessageAttributes"].empty())
    out.set("MD5OfMessageAttributes", digest_of_attributes(in["MessageAttributes"]));
  if (!in["MessageSystemAttributes"].empty())
    out.set("MD5OfMessageSystemAttributes", digest_of_attributes(in["MessageSystemAttributes"]));
  if (is_fifo(queue)) {
    std::string key = deduplication_key(queue, message);
    Value before = cloud::recall(call, deduplication_table(queue), key);
    if (!before.is_null())
      return out.set("MessageId", before["MessageId"])
          .set("SequenceNumber", before["SequenceNumber"]);
    message.set("_Sequence", sequence_of(message["_Number"].as_int()));
    out.set("SequenceNumber", message["_Sequence"]);
    cloud::remember(
        call, deduplication_table(queue), key,
        Value::map({{"MessageId", message["MessageId"]}, {"SequenceNumber", message["_Sequence"]}}),
        call.now + deduplication_ms);
  }
  place(call, queue, message);
  return out;
}

// A FIFO queue's message can only be deleted while it is hidden, by the last handle.
Status delete_by_handle(Call& call, const Value& queue, const Value& handle) {
  TRY(Receipt receipt, read_handle(handle));
  const Value* found = find_message(call, queue, receipt.id);
  bool is_over = found && is_fifo(queue) &&
                 ((*found)["_Visible"].as_int() <= call.now.ms ||
                  (*found)["_Received"].as_int() != receipt.received);
  if (is_over)
    return invalid_parameter(handle.as_string(), "ReceiptHandle",
                             "The receipt handle has expired.");
  take_away(call, queue, receipt.id);
  return {};
}

Status hide_by_handle(Call& call, const Value& queue, const Value& in) {
  TRY(int64_t hidden_s,
      bounded(in, "VisibilityTimeout", 0, 0, visibility_s_max, "Must be between 0 and 43200."));
  TRY(Receipt receipt, read_handle(in["ReceiptHandle"]));
  const Value* found = find_message(call, queue, receipt.id);
  if (!found)
    return invalid_parameter(
        in["ReceiptHandle"].as_string(), "ReceiptHandle",
        "Message does not exist or is not available for visibility timeout change.");
  Value message = *found;
  take_away(call, queue, receipt.id);
  place(call, queue, message.set("_Visible", call.now.ms + hidden_s * 1000));
  return {};
}

Result<Value> send_message(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  return send_to(call, queue, in);
}

// An empty queue's answer waits for a message: one that is sent, or one that becomes visible.
Result<Value> receive_message(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  TRY(int64_t count, bounded(in, "MaxNumberOfMessages", 1, 1, receive_max,
                             "Must be between 1 and 10, if provided."));
  TRY(int64_t wait_s,
      bounded(in, "WaitTimeSeconds", number_of(queue, "ReceiveMessageWaitTimeSeconds"), 0, 20,
              "Must be >= 0 and <= 20, if provided."));
  TRY(int64_t hidden_s, bounded(in, "VisibilityTimeout", number_of(queue, "VisibilityTimeout"), 0,
                                visibility_s_max, "Must be >= 0 and <= 43200, if provided."));
  Value messages = Value::list();
  for (Value& message : take_due(call, queue, static_cast<size_t>(count))) {
    take_away(call, queue, message["MessageId"].as_string());
    message.set("_Received", message["_Received"].as_int() + 1)
        .set("_Visible", call.now.ms + hidden_s * 1000);
    if (!message.has("_First")) message.set("_First", call.now.ms);
    place(call, queue, message);
    messages.push_back(shown(call, message, in));
  }
  if (messages.empty()) return wait_for_message(call, queue, wait_s);
  return Value::map({{"Messages", std::move(messages)}});
}

Result<Value> delete_message(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  CHECK_OK(delete_by_handle(call, queue, in["ReceiptHandle"]));
  return Value::map({});
}

Result<Value> change_visibility(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  CHECK_OK(hide_by_handle(call, queue, in));
  return Value::map({});
}

}  // namespace mainstay::sqs
