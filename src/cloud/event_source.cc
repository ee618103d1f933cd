#include "cloud/event_source.hh"

#include <algorithm>

#include "wire/event_stream.hh"

namespace mainstay::cloud {
namespace {

class KnownEvents : public EventSource {
 public:
  explicit KnownEvents(std::vector<Event> events) : events_(std::move(events)) {}
  BodySource::Next next(Event& to) override {
    if (at_ == events_.size()) return BodySource::Next::ended;
    to = std::move(events_[at_++]);
    return BodySource::Next::more;
  }
  void when_ready(std::function<void()> ready) override { ready(); }

 private:
  std::vector<Event> events_;
  size_t at_ = 0;
};

class EventBody : public BodySource {
 public:
  EventBody(std::shared_ptr<EventSource> events, Models::Loaded loaded,
            const wire::Operation& operation, wire::Protocol protocol, const Value& output)
      : events_(std::move(events)),
        loaded_(std::move(loaded)),
        stream_(*wire::event_stream_of(operation)->shape),
        protocol_(protocol) {
    if (protocol != wire::Protocol::rest_json && protocol != wire::Protocol::rest_xml)
      rest_ = wire::encode_initial_response(operation, protocol, output);
  }
  std::optional<uint64_t> size() const override { return std::nullopt; }
  Result<Next> read(std::string& to, size_t most) override {
    if (rest_.empty()) {
      EventSource::Event event;
      Next next = events_->next(event);
      if (next != Next::more) return next;
      rest_ = wire::encode_event(stream_, protocol_, event.name, event.members);
    }
    size_t count = std::min(most, rest_.size());
    to.append(rest_, 0, count);
    rest_.erase(0, count);
    return Next::more;
  }
  void when_ready(std::function<void()> ready) override { events_->when_ready(std::move(ready)); }

 private:
  std::shared_ptr<EventSource> events_;
  Models::Loaded loaded_;  // keeps the model
  const wire::Shape& stream_;
  wire::Protocol protocol_;
  std::string rest_;  // of the message that is on its way
};

}  // namespace

std::shared_ptr<EventSource> events_of(std::vector<EventSource::Event> events) {
  return std::make_shared<KnownEvents>(std::move(events));
}

std::unique_ptr<BodySource> event_body(std::shared_ptr<EventSource> events, Models::Loaded loaded,
                                       const wire::Operation& operation, wire::Protocol protocol,
                                       const Value& output) {
  return std::make_unique<EventBody>(std::move(events), std::move(loaded), operation, protocol,
                                     output);
}

}  // namespace mainstay::cloud
