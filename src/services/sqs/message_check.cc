// What may be sent. Sources: SendMessage in the API reference, "Amazon SQS message metadata"
// (developer guide); words from recorded answers.
#include <algorithm>
#include <optional>

#include "base/text.hh"
#include "services/sqs/message.hh"

namespace mainstay::sqs {
namespace {

constexpr size_t attributes_max = 10;

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

Status check_attribute_name(const std::string& name) {
  constexpr size_t name_max = 256;
  bool is_plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '_' || c == '-' || c == '.';
  });
  std::string lower = to_lower(name);
  if (name.empty() || name.size() > name_max || !is_plain || name.starts_with('.') ||
      name.ends_with('.') || name.contains("..") || lower.starts_with("aws.") ||
      lower.starts_with("amazon."))
    return invalid_value(
        "Message (user) attribute name '" + name +
        "' is invalid. It can contain letters, digits, hyphens, underscores and single periods, "
        "must not begin with AWS. or Amazon. and has at most 256 characters.");
  return {};
}

Status check_attribute(const std::string& name, const Value& attribute) {
  CHECK_OK(check_attribute_name(name));
  const std::string& type = attribute["DataType"].as_string();
  std::string base = type.substr(0, type.find('.'));
  if (base != "String" && base != "Number" && base != "Binary")
    return invalid_value("The type of message (user) attribute '" + name +
                         "' is invalid. You must use only the following supported type prefixes: "
                         "Binary, Number, String.");
  const Value& value = attribute[base == "Binary" ? "BinaryValue" : "StringValue"];
  if (value.as_bytes().empty())
    return invalid_value("Message (user) attribute '" + name +
                         "' must contain a non-empty value of type '" +
                         (base == "Binary" ? "Binary" : "String") + "'.");
  if (base == "Number" && !parse_real(value.as_string()))
    return invalid_value("Can't cast the value of message (user) attribute '" + name +
                         "' to a number.");
  return {};
}

Status check_system_attributes(const Value& attributes) {
  for (const auto& [name, attribute] : attributes.members())
    if (name != "AWSTraceHeader" || attribute["DataType"].as_string() != "String")
      return invalid_value("Message system attribute name '" + name +
                           "' is invalid, or its type is not String.");
  return {};
}

// "Alphanumeric and punctuation" (SendMessage).
Status check_id(std::string_view parameter, const Value& value) {
  const std::string& text = value.as_string();
  constexpr size_t id_max = 128;
  bool is_plain = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (text.empty() || text.size() > id_max || !is_plain)
    return invalid_parameter(text, parameter,
                             std::string(parameter) +
                                 " can only include alphanumeric and punctuation characters. 1 to "
                                 "128 in length.");
  return {};
}

Status check_fifo(const Value& queue, const Value& in) {
  if (in.has("MessageGroupId")) CHECK_OK(check_id("MessageGroupId", in["MessageGroupId"]));
  if (in.has("MessageDeduplicationId"))
    CHECK_OK(check_id("MessageDeduplicationId", in["MessageDeduplicationId"]));
  constexpr std::string_view not_here =
      "The request include parameter that is not valid for this queue type.";
  if (!is_fifo(queue))
    return in.has("MessageDeduplicationId")
               ? invalid_parameter(in["MessageDeduplicationId"].as_string(),
                                   "MessageDeduplicationId", not_here)
               : Status();
  if (in["DelaySeconds"].as_int() != 0)
    return invalid_parameter(in["DelaySeconds"].to_text(), "DelaySeconds", not_here);
  if (!in.has("MessageGroupId"))
    return aws_error("MissingParameter", "The request must contain the parameter MessageGroupId.");
  if (!in.has("MessageDeduplicationId") &&
      queue["Attributes"]["ContentBasedDeduplication"].as_string() != "true")
    return invalid_value(
        "The queue should either have ContentBasedDeduplication enabled or "
        "MessageDeduplicationId provided explicitly");
  return {};
}

}  // namespace

size_t size_of_message(const Value& in) {
  size_t size = in["MessageBody"].as_string().size();
  for (const auto& [name, attribute] : in["MessageAttributes"].members())
    size += name.size() + attribute["DataType"].as_string().size() +
            attribute["StringValue"].as_string().size() +
            attribute["BinaryValue"].as_bytes().size();
  return size;
}

Status check_message(const Value& queue, const Value& in) {
  const std::string& body = in["MessageBody"].as_string();
  if (body.empty())
    return aws_error("MissingParameter", "The request must contain the parameter MessageBody.");
  CHECK_OK(check_characters(body));
  size_t count = in["MessageAttributes"].size();
  if (count > attributes_max)
    return invalid_value("Number of message attributes [" + std::to_string(count) +
                         "] exceeds the allowed maximum [10].");
  for (const auto& [name, attribute] : in["MessageAttributes"].members())
    CHECK_OK(check_attribute(name, attribute));
  CHECK_OK(check_system_attributes(in["MessageSystemAttributes"]));
  int64_t most = number_of(queue, "MaximumMessageSize");
  if (static_cast<int64_t>(size_of_message(in)) > most)
    return invalid_value(
        "One or more parameters are invalid. Reason: Message must be shorter than " +
        std::to_string(most) + " bytes.");
  constexpr int64_t delay_s_max = 900;
  int64_t delay_s = in["DelaySeconds"].as_int();
  if (delay_s < 0 || delay_s > delay_s_max)
    return invalid_parameter(std::to_string(delay_s), "DelaySeconds",
                             "DelaySeconds must be >= 0 and <= 900.");
  return check_fifo(queue, in);
}

}  // namespace mainstay::sqs
