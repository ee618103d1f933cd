// The events of an answer that is a stream of them: what a handler gives as Call::events, asked
// for one at a time, outside the state's lock, as the client takes them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/http_body.hh"
#include "base/value.hh"
#include "cloud/models.hh"
#include "wire/model.hh"

namespace mainstay::cloud {

// One thread at a time; owner: the answer. It is destroyed when the client goes.
class EventSource {
 public:
  struct Event {
    std::string name;  // the member of the stream's union, or one of its exceptions
    Value members;
  };
  virtual ~EventSource() = default;
  // more: `to` is the next one.
  virtual BodySource::Next next(Event& to) = 0;
  // As of a BodySource.
  virtual void when_ready(std::function<void()> ready) = 0;
};

// Those that are all known already.
std::shared_ptr<EventSource> events_of(std::vector<EventSource::Event> events);

// The same as bytes of the wire. output: what the operation answers beside the stream.
std::unique_ptr<BodySource> event_body(std::shared_ptr<EventSource> events, Models::Loaded loaded,
                                       const wire::Operation& operation, wire::Protocol protocol,
                                       const Value& output);

}  // namespace mainstay::cloud
