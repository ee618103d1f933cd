#include "services/logs/event.hh"

#include <algorithm>

#include "base/text.hh"
#include "services/logs/handlers.hh"

namespace mainstay::logs {
namespace {

constexpr size_t time_digits = 15, number_digits = 12;
constexpr int64_t day_ms = 86'400'000, look_ms = 3'600'000;
constexpr size_t expired_at_once = 10'000;

std::string digits(int64_t number, size_t count) {
  std::string text = std::to_string(std::max<int64_t>(number, 0));
  return std::string(count - std::min(count, text.size()), '0') + text;
}

std::string prefix_of(const Value& stream) {
  return stream["_Id"].as_string() + "-";
}

Event event_at(const store::Documents::const_iterator& it, size_t prefix) {
  std::string position = it->first.substr(prefix);
  int64_t ms = time_of(position);
  return {std::move(position), ms, &it->second};
}

}  // namespace

std::string time_text(int64_t ms) {
  return digits(ms, time_digits);
}

std::string position_of(int64_t ms, int64_t number) {
  return time_text(ms) + digits(number, number_digits);
}

int64_t time_of(std::string_view position) {
  return parse_int(position.substr(0, time_digits)).value_or(0);
}

std::string event_id(const Value& stream, const Event& event) {
  return stream["_Id"].as_string() + event.position;
}

void add_event(Call& call, Value& stream, int64_t ms, const std::string& message) {
  int64_t number = stream["_Number"].as_int() + 1;
  call.put("event", prefix_of(stream) + position_of(ms, number),
           Value::map({{"m", message}, {"i", call.now.ms}}));
  stream.set("_Number", number)
      .set("_Count", stream["_Count"].as_int() + 1)
      .set("_Bytes",
           stream["_Bytes"].as_int() + static_cast<int64_t>(message.size()) + event_overhead);
}

void remove_events(Call& call, const Value& stream) {
  const std::string prefix = prefix_of(stream);
  std::vector<std::string> ids;
  const store::Documents& all = call.all("event");
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it)
    ids.push_back(it->first);
  for (const std::string& id : ids) call.remove("event", id);
}

int64_t oldest_kept(const Call& call, const Value& group) {
  int64_t days = group["retentionInDays"].as_int();
  return days > 0 ? call.now.ms - days * day_ms : 0;
}

int64_t expire_events(Call& call, const Value& group, Value& stream, size_t most) {
  int64_t count = stream["_Count"].as_int(), bytes = stream["_Bytes"].as_int(), gone = 0;
  const int64_t oldest = oldest_kept(call, group);
  std::vector<std::string> ids;
  visit_events(call, stream, "", position_of(time_max, 0), true, [&](const Event& event) {
    bool goes = event.ms < oldest || count > events_max || bytes > bytes_max;
    if (!goes || ids.size() == most) return false;
    int64_t size = static_cast<int64_t>((*event.document)["m"].as_string().size()) + event_overhead;
    --count;
    bytes -= size;
    gone += size;
    ids.push_back(prefix_of(stream) + event.position);
    return true;
  });
  for (const std::string& id : ids) call.remove("event", id);
  stream.set("_Count", count).set("_Bytes", bytes);
  return gone;
}

void visit_events(const Call& call, const Value& stream, const std::string& from,
                  const std::string& to, bool forwards,
                  const std::function<bool(const Event&)>& visit) {
  const std::string prefix = prefix_of(stream);
  const store::Documents& all = call.all("event");
  auto first = all.lower_bound(prefix + from), last = all.lower_bound(prefix + to);
  if (to <= from) return;
  if (forwards) {
    for (auto it = first; it != last; ++it)
      if (!visit(event_at(it, prefix.size()))) return;
    return;
  }
  for (auto it = last; it != first;)
    if (!visit(event_at(--it, prefix.size()))) return;
}

std::string expiry_timer(const Value& group) {
  return "expiry/" + group["_Id"].as_string();
}

void watch_expiry(Call& call, const Value& group) {
  call.after(look_ms, "expire", group["logGroupName"], expiry_timer(group));
}

Status expire(Call& call, const Value& name) {
  const Value* found = call.find("group", name.as_string());
  if (!found || !found->has("retentionInDays")) return {};
  Value group = *found;
  const std::string prefix = stream_prefix(group);
  std::vector<Value> streams;
  const store::Documents& all = call.all("stream");
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it)
    streams.push_back(it->second);
  int64_t bytes = group["_Bytes"].as_int();
  for (Value& stream : streams) {
    int64_t gone = expire_events(call, group, stream, expired_at_once);
    if (gone == 0) continue;
    bytes -= gone;
    put_stream(call, group, stream);
  }
  put_group(call, group.set("_Bytes", bytes));
  watch_expiry(call, group);
  return {};
}

}  // namespace mainstay::logs
