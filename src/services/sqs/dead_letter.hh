// Dead-letter queues: what may be one for whom, and what is moved there. Sources: "Using
// dead-letter queues in Amazon SQS" (developer guide), SetQueueAttributes.
#pragma once

#include <string>

#include "services/sqs/queue.hh"

namespace mainstay::sqs {

Status check_redrive_policy(const Call& call, const Value& queue, const std::string& text);
Status check_redrive_allow_policy(const std::string& text);

// The queue for what was received too often, null where there is none or it was not.
Value dead_letter_queue(const Call& call, const Value& queue, const Value& message);
// Moves a message to another queue of the same kind; what it is and when it was sent stays.
void move_message(Call& call, const Value& from, const Value& to, const Value& message,
                  const Value& source_arn);

// The queues whose dead letters this one gets, by name.
std::vector<std::string> sources_of(const Call& call, const Value& queue);

}  // namespace mainstay::sqs
