// What sending and deleting one message share with the batches.
#pragma once

#include "services/sqs/queue.hh"

namespace mainstay::sqs {

Result<Value> send_to(Call& call, const Value& queue, const Value& in);
Status delete_by_handle(Call& call, const Value& queue, const Value& handle);

}  // namespace mainstay::sqs
