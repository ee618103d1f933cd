// Queues as documents: table "queue" by name, {QueueName, Attributes (texts, as set), _Id,
// _Created, _Changed, _Tags (a map)}. Messages stand in tables of their own, see message.cc.
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
Value default_attributes();

// The tables of a queue's messages, by the time they are next visible, and of where each is.
std::string messages_of(const Value& queue);
std::string places_of(const Value& queue);

Error invalid_value(std::string message);

}  // namespace mainstay::sqs
