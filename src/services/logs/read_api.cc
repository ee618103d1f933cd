// GetLogEvents and FilterLogEvents. A position in a stream is a token: GetLogEvents gives one for
// either direction, "f/POSITION/s" behind the last event and "b/POSITION/s" before the first.
#include <algorithm>
#include <queue>

#include "base/text.hh"
#include "cloud/paging.hh"
#include "services/logs/event.hh"
#include "services/logs/handlers.hh"
#include "services/logs/pattern.hh"

namespace mainstay::logs {
namespace {

constexpr int64_t page_events_max = 10'000, page_bytes_max = 1 << 20;
constexpr size_t examined_max = 100'000;  // of a call of FilterLogEvents
constexpr size_t position_size = 27;

Error bad_token() {
  return invalid("The specified nextToken is invalid.");
}

Value shown_event(const Event& event) {
  return Value::map({{"timestamp", event.ms},
                     {"message", (*event.document)["m"]},
                     {"ingestionTime", (*event.document)["i"]}});
}

struct Range {
  std::string from, to;  // positions; up to before `to`
  bool forwards = false;
};

Result<std::string> position_in(const std::string& token) {
  std::string inner = token.size() > 4 ? token.substr(2, token.size() - 4) : "";
  bool is_one = inner.size() == position_size && token[1] == '/' && token.ends_with("/s") &&
                inner.find_first_not_of("0123456789") == std::string::npos;
  if (!is_one || (token[0] != 'f' && token[0] != 'b')) return bad_token();
  return inner;
}

// The position right behind one.
std::string behind(const std::string& position) {
  constexpr size_t time_digits = 15;
  return position_of(time_of(position), parse_int(position.substr(time_digits)).value_or(0) + 1);
}

Result<Range> range_of(const Call& call, const Value& group, const Value& in) {
  int64_t start = std::max(in["startTime"].as_int(), oldest_kept(call, group));
  int64_t end = in["endTime"].as_int(time_max);
  Range out{position_of(start, 0), position_of(end, 0), in["startFromHead"].as_bool()};
  const std::string& token = in["nextToken"].as_string();
  if (token.empty()) return out;
  TRY(std::string at, position_in(token));
  out.forwards = token[0] == 'f';
  if (out.forwards)
    out.from = std::max(out.from, behind(at));
  else
    out.to = std::min(out.to, at);
  return out;
}

// The streams that a search is about, by their table ids.
Result<std::vector<Value>> streams_of(const Call& call, const Value& group, const Value& in) {
  std::vector<Value> out;
  if (in.has("logStreamNames")) {
    if (in.has("logStreamNamePrefix"))
      return invalid("logStreamNamePrefix and logStreamNames are mutually exclusive.");
    for (const Value& name : in["logStreamNames"].items()) {
      TRY(Value stream, find_stream(call, group, Value::map({{"logStreamName", name}})));
      out.push_back(std::move(stream));
    }
    return out;
  }
  const std::string prefix = stream_prefix(group) + in["logStreamNamePrefix"].as_string();
  const store::Documents& all = call.all("stream");
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it)
    out.push_back(it->second);
  return out;
}

// Streams side by side, their events in one order: by time, then by stream.
class Merged {
 public:
  Merged(const Call& call, const std::vector<Value>& streams, const std::string& from,
         const std::string& to)
      : all_(call.all("event")) {
    for (const Value& stream : streams) {
      const std::string prefix = stream["_Id"].as_string() + "-";
      Cursor cursor{all_.lower_bound(prefix + from), all_.lower_bound(prefix + to), &stream,
                    prefix.size()};
      if (from < to && cursor.at != cursor.end) queue_.push(std::move(cursor));
    }
  }

  bool empty() const { return queue_.empty(); }
  // "POSITION STREAM" of the next event.
  std::string next_key() const { return queue_.top().key(); }
  std::pair<Event, const Value*> take() {
    Cursor cursor = queue_.top();
    queue_.pop();
    std::string position = cursor.at->first.substr(cursor.prefix);
    Event event{position, time_of(position), &cursor.at->second};
    if (++cursor.at != cursor.end) queue_.push(cursor);
    return {std::move(event), cursor.stream};
  }

 private:
  struct Cursor {
    store::Documents::const_iterator at, end;
    const Value* stream;
    size_t prefix;
    std::string key() const {
      return at->first.substr(prefix) + " " + (*stream)["_Id"].as_string();
    }
    bool operator<(const Cursor& other) const { return key() > other.key(); }
  };
  const store::Documents& all_;
  std::priority_queue<Cursor> queue_;
};

Value found_event(const Event& event, const Value& stream) {
  return shown_event(event)
      .set("logStreamName", stream["logStreamName"])
      .set("eventId", event_id(stream, event));
}

}  // namespace

Result<Value> get_log_events(Call& call, const Value& in) {
  TRY(Value group, find_group(call, in));
  TRY(Value stream, find_stream(call, group, in));
  TRY(Range range, range_of(call, group, in));
  int64_t limit = in["limit"].as_int(page_events_max), bytes = 0;
  List events;
  std::string first, last;
  visit_events(call, stream, range.from, range.to, range.forwards, [&](const Event& event) {
    bytes += static_cast<int64_t>((*event.document)["m"].as_string().size()) + event_overhead;
    if (!events.empty() && bytes > page_bytes_max) return false;
    if (events.empty()) first = event.position;
    last = event.position;
    events.push_back(shown_event(event));
    return static_cast<int64_t>(events.size()) < limit;
  });
  if (!range.forwards) {
    std::reverse(events.begin(), events.end());
    std::swap(first, last);
  }
  if (events.empty()) {
    // The end of either direction: its token stays, and the other one leads back.
    std::string at = position_of(0, 0);
    if (in.has("nextToken")) {
      TRY(at, position_in(in["nextToken"].as_string()));
    }
    last = at;
    first = range.forwards && in.has("nextToken") ? behind(at) : at;
  }
  return Value::map({{"events", Value(std::move(events))},
                     {"nextForwardToken", "f/" + last + "/s"},
                     {"nextBackwardToken", "b/" + first + "/s"}});
}

Result<Value> filter_log_events(Call& call, const Value& in) {
  TRY(Value group, find_group(call, in));
  TRY(std::vector<Value> streams, streams_of(call, group, in));
  TRY(Pattern pattern, Pattern::parse(in["filterPattern"].as_string()));
  int64_t start = std::max(in["startTime"].as_int(), oldest_kept(call, group));
  int64_t end = in["endTime"].as_int(time_max - 1);
  std::string from = position_of(start, 0), from_key;
  if (in.has("nextToken")) {
    auto token = cloud::read_token(in["nextToken"].as_string());
    if (!token || token->size() < position_size) return bad_token();
    from_key = *token;
    from = std::max(from, token->substr(0, position_size));
  }
  Merged merged(call, streams, from, position_of(end + 1, 0));
  size_t limit = static_cast<size_t>(in["limit"].as_int(page_events_max)), examined = 0;
  Value events = Value::list(), out = Value::map({});
  while (!merged.empty()) {
    std::string key = merged.next_key();
    if (events.size() == limit || examined == examined_max) {
      out.set("nextToken", cloud::make_token(key));
      break;
    }
    auto [event, stream] = merged.take();
    if (key < from_key) continue;
    ++examined;
    if (pattern.matches((*event.document)["m"].as_string()))
      events.push_back(found_event(event, *stream));
  }
  return out.set("events", std::move(events)).set("searchedLogStreams", Value::list());
}

}  // namespace mainstay::logs
