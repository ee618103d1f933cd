// Queues as documents: table "queue" by name, {QueueName, Attributes (texts, as set), _Id,
// _Created, _Changed, _Tags, _Purged?}. Messages stand in tables of their own, see places.hh.
#pragma once

#include <string>

#include "cloud/call.hh"
#include "cloud/paging.hh"

namespace mainstay::sqs {

using cloud::Call;

// The account and the name at the end of a queue's URL; empty where it is none.
struct QueueName {
  std::string account, name;
};
QueueName parse_url(const std::string& url);
std::string url_of(const Call& call, const std::string& name);

// Error QueueDoesNotExist.
Result<Value> find_queue(Call& call, const Value& in);
void put_queue(Call& call, const Value& queue);
// An attribute as a number: what was set, or AWS's default.
int64_t number_of(const Value& queue, std::string_view attribute);
Value default_attributes(bool fifo);

bool is_fifo(const Value& queue);
// A queue of this account and region by its ARN, null where there is none.
Value queue_of_arn(const Call& call, const std::string& arn);

Error invalid_value(std::string message);
// "Value X for parameter P is invalid. Reason: why"
Error invalid_parameter(std::string_view value, std::string_view parameter, std::string_view why);

}  // namespace mainstay::sqs
