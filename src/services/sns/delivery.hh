// What goes out: a message to one subscription, by its protocol, as part of the change that
// published it. Queues and functions get it through the outbox, HTTP endpoints by a timer; what
// can't be delivered goes to the subscription's dead letters, if it has any.
#pragma once

#include <string>

#include "services/sns/topic.hh"

namespace mainstay::sns {

// A message on its way.
struct Message {
  std::string id, text, subject;
  Value by_protocol;                  // MessageStructure "json": texts by protocol; else null
  Value attributes = Value::map({});  // as Publish has them
  std::string group, deduplication_id, sequence;  // of FIFO topics
  std::string signature_version;                  // "1", "2", or "": not signed
};

// Whether the subscription is confirmed and its filter lets the message pass.
bool wants(const Value& subscription, const Message& message);
void deliver(Call& call, const Value& topic, const Value& subscription, const Message& message);

// The first message to an endpoint that must agree before it gets more.
void ask_for_confirmation(Call& call, const Value& subscription);
// What a subscription's messages could not be delivered to goes to its dead letters. letter: the
// input of SendMessage but for the queue.
void send_to_dead_letters(Call& call, const Value& subscription, const Value& letter);

// "http://127.0.0.1:4566", or the region's own where nobody reached us over HTTP.
std::string own_url(const Call& call);

}  // namespace mainstay::sns
