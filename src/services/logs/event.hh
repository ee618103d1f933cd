// Where events stand: table "event" by "STREAM-TIME-NUMBER" (the stream's _Id, milliseconds and a
// number that rises within the stream), {m (message), i (ingestion time)}. What follows the stream
// is an event's position. Limits: events_max and bytes_max of a stream, beyond which its oldest go.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "services/logs/group.hh"

namespace mainstay::logs {

inline constexpr int64_t events_max = 100'000, bytes_max = 64 << 20;
inline constexpr int64_t time_max = 999'999'999'999'999;
// What an event counts besides its message (PutLogEvents).
inline constexpr int64_t event_overhead = 26;

std::string time_text(int64_t ms);  // fifteen digits
std::string position_of(int64_t ms, int64_t number);
int64_t time_of(std::string_view position);

// Adds an event to a stream, whose document the caller puts after.
void add_event(Call& call, Value& stream, int64_t ms, const std::string& message);
void remove_events(Call& call, const Value& stream);
// Lets go of what is past the retention of the group or the limits of the stream, up to `most`
// events. How many bytes went; the stream's document is changed, not put.
int64_t expire_events(Call& call, const Value& group, Value& stream, size_t most);
// The time from which on events are kept.
int64_t oldest_kept(const Call& call, const Value& group);

struct Event {
  std::string position;
  int64_t ms;
  const Value* document;
};
// An event's id is its stream and position.
std::string event_id(const Value& stream, const Event& event);

// Visits a stream's events with positions from `from` up to before `to`, forwards or backwards,
// until `visit` wants no more.
void visit_events(const Call& call, const Value& stream, const std::string& from,
                  const std::string& to, bool forwards,
                  const std::function<bool(const Event&)>& visit);

// Retention: a timer of a group looks for what is past it.
std::string expiry_timer(const Value& group);
void watch_expiry(Call& call, const Value& group);

}  // namespace mainstay::logs
