// Where the messages of a queue stand, so that receiving looks at what is due and nothing else.
//
// A message is a document {MessageId, Body, _Attributes, _System (AWSTraceHeader), _Sent, _Number
// (rises within the queue, so that what is sent in one moment keeps its order), _Sender, _Received,
// _First?, _Visible (when it may be received next), _Source? (the ARN of the queue whose dead
// letter it is), and of FIFO queues _Group, _Deduplication, _Sequence}.
//
// A standard queue's stand in "message/ID" under the time at which they are next visible. A FIFO
// queue's stand there by group and sequence; "head/ID" has the first of each group under that time:
// a group whose head is hidden is not received from. "place/ID" has each message's key by its id.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "services/sqs/queue.hh"

namespace mainstay::sqs {

// Puts a message where its members say it belongs; whoever waits for one looks again.
void place(Call& call, const Value& queue, const Value& message);
void take_away(Call& call, const Value& queue, const std::string& id);
const Value* find_message(const Call& call, const Value& queue, const std::string& id);
// Of the messages sent to a queue, one more than the last: table "number" by the queue's _Id.
int64_t next_number(Call& call, const Value& queue);
// All of them.
const store::Documents& messages_of(const Call& call, const Value& queue);
void drop_messages(Call& call, const Value& queue);

// The messages that may be received now, in order, until `visit` wants no more. They may be taken
// away and placed again only after.
void visit_due(const Call& call, const Value& queue,
               const std::function<bool(const Value& message)>& visit);
// When the next one may be, if there is any.
std::optional<Time> next_due(const Call& call, const Value& queue);

std::string topic_of(const Call& call, const Value& queue);  // of waiting for a message

}  // namespace mainstay::sqs
