// The attributes of queues: what may be set, in which form, and what goes with what. Sources:
// CreateQueue and SetQueueAttributes in the API reference; words from recorded answers
// (tests/clients/test_sqs*.py).
#pragma once

#include "services/sqs/queue.hh"

namespace mainstay::sqs {

// Sets them on a queue's document. An empty text takes an attribute back to its default. is_new: of
// CreateQueue, which alone may make a queue FIFO.
Status set_attributes(Call& call, Value& queue, const Value& attributes, bool is_new);

// Whether GetQueueAttributes knows it, of any queue.
bool is_attribute_name(const std::string& name);

}  // namespace mainstay::sqs
