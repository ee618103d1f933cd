#include "services/sqs/attribute.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "cloud/kept_policy.hh"
#include "services/sqs/dead_letter.hh"

namespace mainstay::sqs {
namespace {

struct NumberRow {
  std::string_view name;
  int64_t least, most;
};

constexpr NumberRow number_rows[] = {
    {"VisibilityTimeout", 0, 43'200},          {"MaximumMessageSize", 1024, 1'048'576},
    {"MessageRetentionPeriod", 60, 1'209'600}, {"DelaySeconds", 0, 900},
    {"ReceiveMessageWaitTimeSeconds", 0, 20},  {"KmsDataKeyReusePeriodSeconds", 60, 86'400}};

struct ChoiceRow {
  std::string_view name, one, other;
  bool only_fifo;
};

constexpr ChoiceRow choice_rows[] = {
    {"SqsManagedSseEnabled", "true", "false", false},
    {"ContentBasedDeduplication", "true", "false", true},
    {"DeduplicationScope", "messageGroup", "queue", true},
    {"FifoThroughputLimit", "perQueue", "perMessageGroupId", true}};

constexpr std::string_view text_rows[] = {"Policy", "RedrivePolicy", "RedriveAllowPolicy",
                                          "KmsMasterKeyId"};
constexpr std::string_view made_up[] = {"All",
                                        "QueueArn",
                                        "CreatedTimestamp",
                                        "LastModifiedTimestamp",
                                        "ApproximateNumberOfMessages",
                                        "ApproximateNumberOfMessagesNotVisible",
                                        "ApproximateNumberOfMessagesDelayed"};

template <class Rows>
const auto* row_of(const Rows& rows, std::string_view name) {
  const auto* found = std::find_if(std::begin(rows), std::end(rows),
                                   [&](const auto& row) { return row.name == name; });
  return found == std::end(rows) ? nullptr : found;
}

bool contains(const auto& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

Error bad_attribute(const std::string& name) {
  return aws_error("InvalidAttributeValue", "Invalid value for the parameter " + name + ".");
}

Error unknown_attribute(const std::string& name) {
  return aws_error("InvalidAttributeName", "Unknown Attribute " + name + ".");
}

Status check_fifo_attribute(const Value& queue, const ChoiceRow& row, const std::string& value) {
  const std::string name(row.name);
  if (row.only_fifo && !is_fifo(queue)) {
    if (name == "ContentBasedDeduplication") return unknown_attribute(name);
    return aws_error("InvalidAttributeName",
                     "You can specify the " + name + " only when FifoQueue is set to true.");
  }
  return value == row.one || value == row.other ? Status() : bad_attribute(name);
}

// "Policy: maximum of 8,192 bytes" ("Amazon SQS policy quotas").
Result<std::string> take_policy(Call& call, const std::string& text) {
  constexpr size_t policy_bytes_max = 8192;
  auto taken = cloud::take_policy(call, text, policy::Kind::resource);
  if (!taken.has_value() || text.size() > policy_bytes_max) return bad_attribute("Policy");
  return std::move(taken->kept);
}

Status check_attribute(const Call& call, const Value& queue, const std::string& name,
                       const std::string& value) {
  if (name == "FifoQueue") {
    if (!is_fifo(queue)) return unknown_attribute(name);
    if (value == "true") return {};
    return aws_error("InvalidAttributeValue",
                     "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is "
                     "not supported.");
  }
  if (const NumberRow* row = row_of(number_rows, name)) {
    auto number = parse_int(value);
    bool fits = value.empty() || (number && *number >= row->least && *number <= row->most);
    return fits ? Status() : bad_attribute(name);
  }
  if (const ChoiceRow* row = row_of(choice_rows, name))
    return value.empty() ? Status() : check_fifo_attribute(queue, *row, value);
  if (!contains(text_rows, name)) return unknown_attribute(name);
  if (value.empty()) return {};
  if (name == "RedrivePolicy") return check_redrive_policy(call, queue, value);
  if (name == "RedriveAllowPolicy") return check_redrive_allow_policy(value);
  return {};
}

// One of the two ways to encrypt: setting one ends the other.
Status check_encryption(const Value& attributes) {
  if (attributes["KmsMasterKeyId"].as_string().empty() ||
      attributes["SqsManagedSseEnabled"].as_string() != "true")
    return {};
  return aws_error("InvalidAttributeName",
                   "You can use one type of server-side encryption (SSE) at one time. You can "
                   "either enable KMS SSE or SQS SSE.");
}

}  // namespace

Status set_attributes(Call& call, Value& queue, const Value& attributes, bool is_new) {
  CHECK_OK(check_encryption(attributes));
  bool fifo = is_new && attributes["FifoQueue"].as_string() == "true";
  if (is_new) queue.set("Attributes", default_attributes(fifo));
  Value defaults = default_attributes(is_fifo(queue));
  for (const auto& [name, value] : attributes.members()) {
    std::string text = value.as_string();
    CHECK_OK(check_attribute(call, queue, name, text));
    if (name == "Policy" && !text.empty()) {
      TRY(text, take_policy(call, text));
    }
    Value& own = queue.member("Attributes");
    if (!text.empty())
      own.set(name, text);
    else if (const Value* usual = defaults.find(name))
      own.set(name, name == "SqsManagedSseEnabled" ? Value("false") : *usual);
    else
      own.erase(name);
    if (name == "KmsMasterKeyId" && !text.empty()) own.set("SqsManagedSseEnabled", "false");
    if (name == "SqsManagedSseEnabled" && text == "true") own.erase("KmsMasterKeyId");
  }
  return {};
}

bool is_attribute_name(const std::string& name) {
  return row_of(number_rows, name) || row_of(choice_rows, name) || contains(text_rows, name) ||
         contains(made_up, name) || name == "FifoQueue";
}

}  // namespace mainstay::sqs
