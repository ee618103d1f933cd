// Publish and PublishBatch. Sources: their pages in the API reference; FIFO: "Message deduplication
// for FIFO topics"; words from recorded answers (tests/clients/test_sns_publish.py).
#include <algorithm>

#include "base/digest.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "cloud/recent.hh"
#include "services/sns/delivery.hh"
#include "services/sns/handlers.hh"

namespace mainstay::sns {
namespace {

constexpr size_t message_bytes_max = 262'144, subject_max = 100, batch_max = 10;
constexpr int64_t deduplication_ms = 300'000;
constexpr size_t sequence_digits = 20;

Error bad_value(std::string message) {
  return aws_error("ParameterValueInvalid", std::move(message));
}

Status check_attribute_name(const std::string& name) {
  constexpr size_t name_max = 256;
  if (name.size() >= name_max)
    return bad_value("Length of message attribute name must be less than 256 bytes.");
  for (unsigned char c : name)
    if (!std::isalnum(c) && c != '-' && c != '_' && c != '.')
      return bad_value("Invalid non-alphanumeric character '#x" +
                       to_upper(hex_encode(std::string(1, static_cast<char>(c)))) +
                       "' was found in the message attribute name. Can only include alphanumeric "
                       "characters, hyphens, underscores, or dots.");
  if (name.starts_with('.'))
    return bad_value("Invalid message attribute name starting with character '.' was found.");
  if (name.ends_with('.'))
    return bad_value("Invalid message attribute name ending with character '.' was found.");
  if (name.contains(".."))
    return bad_value("Message attribute name can not have successive '.' character.");
  return {};
}

Status check_message_attribute(const std::string& name, const Value& attribute) {
  CHECK_OK(check_attribute_name(name));
  const std::string& type = attribute["DataType"].as_string();
  std::string base = type.substr(0, type.find('.'));
  if (base != "String" && base != "Number" && base != "Binary")
    return bad_value("The message attribute '" + name +
                     "' has an invalid message attribute type, the set of supported type prefixes "
                     "is Binary, Number, and String.");
  std::string field = base == "Binary" ? "Binary" : "String";
  std::string other = base == "Binary" ? "String" : "Binary";
  if (!attribute[other + "Value"].as_bytes().empty())
    return bad_value("The message attribute '" + name + "' with type '" + type +
                     "' must use field '" + field + "'.");
  if (attribute[field + "Value"].as_bytes().empty())
    return bad_value("The message attribute '" + name +
                     "' must contain non-empty message attribute value for message attribute type "
                     "'" +
                     type + "'.");
  if (base == "Number" && !parse_real(attribute["StringValue"].as_string()))
    return bad_value("Could not cast message attribute '" + name + "' value to number.");
  return {};
}

size_t size_of(const Value& entry) {
  size_t size = entry["Message"].as_string().size();
  for (const auto& [name, a] : entry["MessageAttributes"].members())
    size += name.size() + a["DataType"].as_string().size() + a["StringValue"].as_string().size() +
            a["BinaryValue"].as_bytes().size();
  return size;
}

// "ASCII text that begins with a letter, number, or punctuation mark; must not include line breaks
// or control characters; and must be less than 100 characters long." (Publish)
Status check_subject(const Value& in) {
  if (!in.has("Subject")) return {};
  const std::string& subject = in["Subject"].as_string();
  bool is_plain =
      std::all_of(subject.begin(), subject.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
  if (subject.empty() || subject.size() > subject_max || !is_plain || subject[0] == ' ')
    return invalid("Subject");
  return {};
}

Status read_structure(const Value& in, Message& m) {
  const std::string& structure = in["MessageStructure"].as_string();
  if (structure.empty()) return {};
  if (structure != "json") return invalid("MessageStructure");
  auto parsed = parse_json(m.text);
  if (!parsed.has_value() || !parsed->is_map())
    return invalid("Message Structure - JSON message body failed to parse");
  if (!(*parsed)["default"].is_string())
    return invalid("Message Structure - No default entry in JSON message body");
  m.by_protocol = std::move(*parsed);
  return {};
}

// Group and deduplication id, which FIFO topics need.
Status read_fifo(const Value& topic, const Value& in, Message& m) {
  m.group = in["MessageGroupId"].as_string();
  m.deduplication_id = in["MessageDeduplicationId"].as_string();
  if (!is_fifo(topic)) {
    if (in.has("MessageDeduplicationId"))
      return invalid(
          "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter "
          "that is not valid for this topic type");
    return {};
  }
  if (m.group.empty()) return invalid("The MessageGroupId parameter is required for FIFO topics");
  bool by_content = is_true(topic["Attributes"]["ContentBasedDeduplication"]);
  if (m.deduplication_id.empty() && !by_content)
    return invalid(
        "The topic should either have ContentBasedDeduplication enabled or "
        "MessageDeduplicationId provided explicitly");
  if (m.deduplication_id.empty()) m.deduplication_id = hex_encode(sha256(m.text));
  return {};
}

Result<Message> read_message(const Value& topic, const Value& in) {
  Message m;
  m.signature_version = signature_version(topic);
  m.text = in["Message"].as_string();
  if (m.text.empty()) return invalid("Empty message");
  CHECK_OK(check_subject(in));
  m.subject = in["Subject"].as_string();
  if (size_of(in) > message_bytes_max) return invalid("Message too long");
  for (const auto& [name, attribute] : in["MessageAttributes"].members())
    CHECK_OK(check_message_attribute(name, attribute));
  if (in.has("MessageAttributes")) m.attributes = in["MessageAttributes"];
  CHECK_OK(read_structure(in, m));
  CHECK_OK(read_fifo(topic, in, m));
  return m;
}

// A topic with a key is published to with the publisher's rights to that key ("Encryption at
// rest").
Status check_key(Call& call, const Value& topic) {
  const std::string& key = topic["Attributes"]["KmsMasterKeyId"].as_string();
  if (key.empty()) return {};
  auto out = call.invoke(
      "kms", "GenerateDataKey",
      Value::map({{"KeyId", key},
                  {"KeySpec", "AES_256"},
                  {"EncryptionContext", Value::map({{"aws:sns:topicArn", topic["TopicArn"]}})}}));
  if (out.has_value()) return {};
  const std::string& code = out.error().code;
  std::string as = code.starts_with("AccessDenied") ? "KMSAccessDenied"
                   : code.starts_with("NotFound")   ? "KMSNotFound"
                   : code.starts_with("Disabled")   ? "KMSDisabled"
                   : code.starts_with("KMSInvalid") ? "KMSInvalidState"
                                                    : "KMSAccessDenied";
  return aws_error(as, out.error().message);
}

std::string next_sequence(Value& topic) {
  int64_t number = topic["_Sequence"].as_int() + 1;
  topic.set("_Sequence", number);
  std::string digits = std::to_string(number);
  return "1" + std::string(sequence_digits - 1 - digits.size(), '0') + digits;
}

Value answer_of(const Message& m) {
  Value out = Value::map({{"MessageId", m.id}});
  if (!m.sequence.empty()) out.set("SequenceNumber", m.sequence);
  return out;
}

// Of a FIFO topic: the answer that the same message got within five minutes, or null.
Value repeated(Call& call, Value& topic, Message& m) {
  bool by_group = topic["Attributes"]["FifoThroughputScope"].as_string() == "MessageGroup";
  std::string table = "deduplication/" + topic["TopicName"].as_string();
  std::string id = (by_group ? m.group + "\n" : "") + m.deduplication_id;
  if (Value before = cloud::recall(call, table, id); !before.is_null()) return before;
  m.sequence = next_sequence(topic);
  put_topic(call, topic);
  cloud::remember(call, table, id, answer_of(m), call.now + deduplication_ms);
  return {};
}

Result<Value> publish_one(Call& call, Value& topic, const Value& in) {
  TRY(Message m, read_message(topic, in));
  m.id = call.random.uuid();
  if (is_fifo(topic))
    if (Value before = repeated(call, topic, m); !before.is_null()) return before;
  std::string prefix = topic["TopicName"].as_string() + ":";
  std::vector<Value> subscribers;
  const store::Documents& all = call.all("subscription");
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it)
    if (wants(it->second, m)) subscribers.push_back(it->second);
  for (const Value& s : subscribers) deliver(call, topic, s, m);
  return answer_of(m);
}

Status check_entries(const Value& entries) {
  if (entries.empty())
    return aws_error("EmptyBatchRequest", "The batch request doesn't contain any entries.");
  if (entries.size() > batch_max)
    return aws_error("TooManyEntriesInBatchRequest",
                     "The batch request contains more entries than permissible.");
  std::set<std::string_view> ids;
  size_t size = 0;
  for (const Value& entry : entries.items()) {
    size += size_of(entry);
    if (!ids.insert(entry["Id"].as_string()).second)
      return aws_error("BatchEntryIdsNotDistinct",
                       "Two or more batch entries in the request have the same Id.");
  }
  if (size > message_bytes_max)
    return aws_error("BatchRequestTooLong",
                     "The length of all the messages put together is more than the limit.");
  return {};
}

}  // namespace

Result<Value> publish(Call& call, const Value& in) {
  if (in.has("PhoneNumber"))
    return aws_error("NotImplemented", "mainstay's embedded cloud does not send text messages",
                     501);
  std::string_view member = in.has("TargetArn") ? "TargetArn" : "TopicArn";
  if (in[member].as_string().contains(":endpoint/"))
    return aws_error("NotImplemented", "mainstay's embedded cloud does not push to mobile devices",
                     501);
  TRY(Value topic, find_topic(call, in, member));
  CHECK_OK(check_key(call, topic));
  return publish_one(call, topic, in);
}

// Missing groups, ids and attributes of one entry refuse all; what else is wrong fails alone.
Result<Value> publish_batch(Call& call, const Value& in) {
  TRY(Value topic, find_topic(call, in));
  const Value& entries = in["PublishBatchRequestEntries"];
  CHECK_OK(check_entries(entries));
  CHECK_OK(check_key(call, topic));
  for (const Value& entry : entries.items()) CHECK_OK(read_message(topic, entry));
  Value done = Value::list();
  for (const Value& entry : entries.items()) {
    TRY(Value out, publish_one(call, topic, entry));
    done.push_back(out.set("Id", entry["Id"]));
  }
  return Value::map({{"Successful", std::move(done)}, {"Failed", Value::list()}});
}

}  // namespace mainstay::sns
