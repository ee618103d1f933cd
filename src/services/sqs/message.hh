// What sending, deleting and hiding one message share with the batches and the dead letters.
#pragma once

#include <string>

#include "services/sqs/queue.hh"

namespace mainstay::sqs {

// Whether a message may be sent to the queue (message_check.cc).
Status check_message(const Value& queue, const Value& in);
size_t size_of_message(const Value& in);

Result<Value> send_to(Call& call, const Value& queue, const Value& in);
Status delete_by_handle(Call& call, const Value& queue, const Value& handle);
Status hide_by_handle(Call& call, const Value& queue, const Value& in);

// The sequence number of a message of a FIFO queue, by its number in it.
std::string sequence_of(int64_t number);

}  // namespace mainstay::sqs
