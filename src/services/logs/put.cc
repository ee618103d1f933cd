// PutLogEvents. Source: its page in the API reference (limits, what is rejected); sequence tokens
// are taken and ignored, as AWS does since January 2023.
#include <algorithm>

#include "services/logs/event.hh"
#include "services/logs/fanout.hh"
#include "services/logs/handlers.hh"
#include "services/logs/tail.hh"

namespace mainstay::logs {
namespace {

constexpr int64_t batch_bytes_max = 1'048'576, batch_span_ms_max = 86'400'000;
constexpr int64_t future_ms_max = 2 * 3'600'000LL, past_ms_max = 14 * 86'400'000LL;
constexpr size_t dropped_at_once = 20'000;

Status check_batch(const List& events) {
  int64_t bytes = 0;
  for (size_t i = 0; i < events.size(); ++i) {
    bytes += static_cast<int64_t>(events[i]["message"].as_string().size()) + event_overhead;
    if (i > 0 && events[i]["timestamp"].as_int() < events[i - 1]["timestamp"].as_int())
      return invalid("Log events in a single PutLogEvents request must be in chronological order.");
  }
  if (bytes > batch_bytes_max)
    return invalid("Upload too large: " + std::to_string(bytes) +
                   " bytes exceeds limit of 1048576");
  if (events.back()["timestamp"].as_int() - events.front()["timestamp"].as_int() >
      batch_span_ms_max)
    return invalid(
        "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
  return {};
}

// Which of a batch is kept: those from `begin` up to before `end`; the rest is told of.
struct Accepted {
  size_t begin = 0, end = 0;
  Value rejected = Value::map({});
};

Accepted sift(const Call& call, const Value& group, const List& events) {
  auto first_from = [&](int64_t ms) {
    auto it = std::partition_point(events.begin(), events.end(),
                                   [&](const Value& e) { return e["timestamp"].as_int() < ms; });
    return static_cast<size_t>(it - events.begin());
  };
  Accepted out;
  size_t too_old = first_from(call.now.ms - past_ms_max);
  size_t expired = first_from(oldest_kept(call, group));
  out.begin = std::max(too_old, expired);
  out.end = std::max(first_from(call.now.ms + future_ms_max + 1), out.begin);
  if (too_old > 0) out.rejected.set("tooOldLogEventEndIndex", too_old);
  if (expired > 0) out.rejected.set("expiredLogEventEndIndex", expired);
  if (out.end < events.size()) out.rejected.set("tooNewLogEventStartIndex", out.end);
  return out;
}

void note_times(Value& stream, int64_t first, int64_t last, int64_t now) {
  if (!stream.has("firstEventTimestamp") || first < stream["firstEventTimestamp"].as_int())
    stream.set("firstEventTimestamp", first);
  stream.set("lastEventTimestamp", std::max(last, stream["lastEventTimestamp"].as_int()));
  stream.set("lastIngestionTime", now);
}

}  // namespace

Result<Value> put_log_events(Call& call, const Value& in) {
  TRY(Value group, find_group(call, in));
  TRY(Value stream, find_stream(call, group, in));
  const List& events = in["logEvents"].items();
  CHECK_OK(check_batch(events));
  Accepted accepted = sift(call, group, events);
  List kept(events.begin() + static_cast<ptrdiff_t>(accepted.begin),
            events.begin() + static_cast<ptrdiff_t>(accepted.end));
  int64_t before = stream["_Bytes"].as_int(), number = stream["_Number"].as_int();
  for (const Value& event : kept)
    add_event(call, stream, event["timestamp"].as_int(), event["message"].as_string());
  if (!kept.empty()) {
    note_times(stream, kept.front()["timestamp"].as_int(), kept.back()["timestamp"].as_int(),
               call.now.ms);
    expire_events(call, group, stream, dropped_at_once);
    stream.set("uploadSequenceToken", position_of(call.now.ms, stream["_Number"].as_int()));
    put_stream(call, group, stream);
    put_group(call,
              group.set("_Bytes", group["_Bytes"].as_int() + stream["_Bytes"].as_int() - before));
    fan_out(call, group, stream, kept, number);
    if (Tails& tails = tails_of(call); tails.any())
      call.after_commit.push_back([&tails, arn = group_arn(call, group["logGroupName"].as_string()),
                                   name = stream["logStreamName"].as_string(),
                                   events = std::move(kept),
                                   now = call.now] { tails.publish(arn, name, events, now); });
  }
  Value out = Value::map({{"nextSequenceToken", position_of(call.now.ms, number)}});
  if (!accepted.rejected.empty()) out.set("rejectedLogEventsInfo", accepted.rejected);
  return out;
}

}  // namespace mainstay::logs
