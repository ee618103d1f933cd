// Batches: each entry succeeds or fails by itself.
#include <algorithm>

#include "services/sqs/handlers.hh"
#include "services/sqs/message.hh"

namespace mainstay::sqs {
namespace {

constexpr size_t entries_max = 10, entry_id_max = 80, batch_bytes_max = 1'048'576;

Status check_entries(const Value& entries) {
  if (entries.empty())
    return aws_error("EmptyBatchRequest",
                     "There should be at least one SendMessageBatchRequestEntry in the request.");
  if (entries.size() > entries_max)
    return aws_error("TooManyEntriesInBatchRequest",
                     "Maximum number of entries per request are 10. You have sent " +
                         std::to_string(entries.size()) + ".");
  std::set<std::string> ids;
  for (const Value& entry : entries.items()) {
    const std::string& id = entry["Id"].as_string();
    bool is_plain = std::all_of(id.begin(), id.end(), [](unsigned char c) {
      return std::isalnum(c) || c == '-' || c == '_';
    });
    if (id.empty() || id.size() > entry_id_max || !is_plain)
      return aws_error("InvalidBatchEntryId",
                       "A batch entry id can only contain alphanumeric characters, hyphens and "
                       "underscores. It can be at most 80 letters long.");
    if (!ids.insert(id).second)
      return aws_error("BatchEntryIdsNotDistinct", "Id " + id + " repeated.");
  }
  return {};
}

template <class Each>
Result<Value> for_entries(const Value& in, const Each& each) {
  CHECK_OK(check_entries(in["Entries"]));
  Value done = Value::list(), failed = Value::list();
  for (const Value& entry : in["Entries"].items()) {
    Result<Value> out = each(entry);
    if (out.has_value())
      done.push_back(out->set("Id", entry["Id"]));
    else
      failed.push_back(Value::map({{"Id", entry["Id"]},
                                   {"SenderFault", true},
                                   {"Code", out.error().code},
                                   {"Message", out.error().message}}));
  }
  Value out = Value::map({});
  if (!done.empty()) out.set("Successful", std::move(done));
  if (!failed.empty()) out.set("Failed", std::move(failed));
  return out;
}

// What refuses a whole batch: that it is too long, and that a FIFO queue's entry has no group or no
// way to tell it from another (recorded answers).
Status check_batch(const Value& queue, const Value& entries) {
  size_t size = 0;
  for (const Value& entry : entries.items()) {
    size += size_of_message(entry);
    if (!is_fifo(queue) || entry["MessageBody"].as_string().empty()) continue;
    bool by_content = queue["Attributes"]["ContentBasedDeduplication"].as_string() == "true";
    if (!entry.has("MessageGroupId"))
      return invalid_value("The request must contain the parameter MessageGroupId.");
    if (!entry.has("MessageDeduplicationId") && !by_content) return check_message(queue, entry);
  }
  if (size > batch_bytes_max)
    return aws_error("BatchRequestTooLong",
                     "Batch requests cannot be longer than " + std::to_string(batch_bytes_max) +
                         " bytes. You have sent " + std::to_string(size) + " bytes.");
  return {};
}

}  // namespace

Result<Value> send_batch(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  if (in["Entries"].size() <= entries_max) CHECK_OK(check_batch(queue, in["Entries"]));
  return for_entries(in, [&](const Value& entry) { return send_to(call, queue, entry); });
}

Result<Value> delete_batch(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  return for_entries(in, [&](const Value& entry) -> Result<Value> {
    CHECK_OK(delete_by_handle(call, queue, entry["ReceiptHandle"]));
    return Value::map({});
  });
}

Result<Value> change_visibility_batch(Call& call, const Value& in) {
  TRY(Value queue, find_queue(call, in));
  return for_entries(in, [&](const Value& entry) -> Result<Value> {
    CHECK_OK(hide_by_handle(call, queue, entry));
    return Value::map({});
  });
}

}  // namespace mainstay::sqs
