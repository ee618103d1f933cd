// The operations, by the file that holds them.
#pragma once

#include "services/sqs/queue.hh"

namespace mainstay::sqs {

#define SQS_HANDLER(name) Result<Value> name(Call& call, const Value& in)

// queue_api.cc
SQS_HANDLER(create_queue);
SQS_HANDLER(get_queue_url);
SQS_HANDLER(get_queue_attributes);
SQS_HANDLER(set_queue_attributes);
SQS_HANDLER(list_queues);
SQS_HANDLER(delete_queue);
SQS_HANDLER(purge_queue);
SQS_HANDLER(tag_queue);
SQS_HANDLER(untag_queue);
SQS_HANDLER(list_queue_tags);
SQS_HANDLER(add_permission);
SQS_HANDLER(remove_permission);
// dead_letter.cc
SQS_HANDLER(list_dead_letter_sources);
// move_task.cc
SQS_HANDLER(start_move_task);
SQS_HANDLER(cancel_move_task);
SQS_HANDLER(list_move_tasks);
// message.cc
SQS_HANDLER(send_message);
SQS_HANDLER(receive_message);
SQS_HANDLER(delete_message);
SQS_HANDLER(change_visibility);
// message_batch.cc
SQS_HANDLER(send_batch);
SQS_HANDLER(delete_batch);
SQS_HANDLER(change_visibility_batch);

#undef SQS_HANDLER

// move_task.cc: the reaction that moves messages. argument: the ARN of their queue.
Status go_on_moving(Call& call, const Value& argument);

// guard.cc: see cloud::Service
Status guard(Call& call, const Value& in, cloud::Authorization& authorization);

// digest.cc: the MD5 of message attributes, as SDKs check it ("Calculating the MD5 message digest
// for message attributes", developer guide).
std::string digest_of_attributes(const Value& attributes);

}  // namespace mainstay::sqs
