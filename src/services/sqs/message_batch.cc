// Batches: each entry succeeds or fails by itself.
#include "services/sqs/handlers.hh"
#include "services/sqs/message.hh"

namespace mainstay::sqs {
namespace {

constexpr size_t entries_max = 10;

Status check_entries(const Value& entries) {
  if (entries.empty())
    return aws_error("EmptyBatchRequest",
                     "There should be at least one SendMessageBatchRequestEntry in the request.");
  if (entries.size() > entries_max)
    return aws_error("TooManyEntriesInBatchRequest",
                     "Maximum number of entries per request are 10. You have sent " +
                         std::to_string(entries.size()) + ".");
  std::set<std::string> ids;
  for (const Value& entry : entries.items())
    if (!ids.insert(entry["Id"].as_string()).second)
      return aws_error("BatchEntryIdsNotDistinct", "Id " + entry["Id"].as_string() + " repeated.");
  return {};
}

template <class Each>
Result<Value> for_entries(Call& call, const Value& in, const Each& each) {
  TRY(Value queue, find_queue(call, in));
  CHECK_OK(check_entries(in["Entries"]));
  Value done = Value::list(), failed = Value::list();
  for (const Value& entry : in["Entries"].items()) {
    Result<Value> out = each(queue, entry);
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

}  // namespace

Result<Value> send_batch(Call& call, const Value& in) {
  return for_entries(call, in, [&](const Value& queue, const Value& entry) {
    return send_to(call, queue, entry);
  });
}

Result<Value> delete_batch(Call& call, const Value& in) {
  return for_entries(call, in, [&](const Value& queue, const Value& entry) -> Result<Value> {
    CHECK_OK(delete_by_handle(call, queue, entry["ReceiptHandle"]));
    return Value::map({});
  });
}

}  // namespace mainstay::sqs
