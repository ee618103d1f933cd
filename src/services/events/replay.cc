// Replays: an archive's events of a time, sent to its bus once more. Table "replay" by name; a
// timer takes the next few events until the end, so that a replay survives a kill and others get
// their turn.
#include <algorithm>

#include "base/text.hh"
#include "services/events/archive.hh"
#include "services/events/handlers.hh"
#include "services/events/publish.hh"
#include "wire/arn.hh"

namespace mainstay::events {
namespace {

constexpr size_t events_at_once = 50;
constexpr size_t replays_max = 1000;  // finished ones go, the oldest by name first

Value shown_replay(Call&, const Value& replay) {
  return with_members(
      replay, {"ReplayName", "EventSourceArn", "State", "StateReason", "EventStartTime",
               "EventEndTime", "EventLastReplayedTime", "ReplayStartTime", "ReplayEndTime"});
}

bool keeps_replay(Call&, const Value& replay, const Value& in) {
  for (const char* member : {"EventSourceArn", "State"})
    if (in.has(member) && in[member] != replay[member]) return false;
  return true;
}

std::string replay_arn(const Call& call, const std::string& name) {
  return call.arn("replay/" + name);
}

Result<Value> find_replay(Call& call, const std::string& name) {
  if (const Value* replay = call.find("replay", name)) return *replay;
  return not_found("Replay " + printable(name) + " does not exist.");
}

std::string archive_name_of(const std::string& arn) {
  auto parsed = wire::parse_arn(arn);
  if (!parsed.has_value() || !parsed->resource.starts_with("archive/")) return "";
  return parsed->resource.substr(std::string_view("archive/").size());
}

bool is_over(const Value& replay) {
  const std::string& state = replay["State"].as_string();
  return state == "COMPLETED" || state == "CANCELLED" || state == "FAILED";
}

void forget_finished(Call& call) {
  const auto& all = call.all("replay");
  if (all.size() < replays_max) return;
  for (const auto& [name, replay] : all)
    if (is_over(replay)) {
      call.remove("replay", std::string(name));
      return;
    }
}

void finish(Call& call, Value& replay, const char* state) {
  replay.set("State", state).set("ReplayEndTime", call.now);
}

void send_again(Call& call, const Value& replay, const Value& kept) {
  const std::string& name = replay["ReplayName"].as_string();
  Event event;
  event.body = kept["Body"];
  event.body.set("replay-name", name);
  event.is_replay = true;
  const Value& filters = replay["Destination"]["FilterArns"];
  if (!filters.empty()) event.only_rules = filters;
  publish(call, bus_name_of(replay["Destination"]["Arn"]), event);
}

}  // namespace

Result<Value> start_replay(Call& call, const Value& in) {
  const std::string& name = in["ReplayName"].as_string();
  if (call.find("replay", name))
    return aws_error("ResourceAlreadyExistsException", "Replay " + name + " already exists.");
  CHECK_OK(find_bus(call, bus_name_of(in["Destination"]["Arn"])));
  auto archive = find_archive(call, archive_name_of(in["EventSourceArn"].as_string()));
  if (!archive.has_value())
    return not_valid(
        "EventSourceArn",
        "Archive " + archive_name_of(in["EventSourceArn"].as_string()) + " does not exist.");
  if ((*archive)["EventSourceArn"] != in["Destination"]["Arn"])
    return not_valid("Destination.Arn", "Cross event bus replay is not permitted.");
  if (in["EventStartTime"].as_time() >= in["EventEndTime"].as_time())
    return not_valid("EventEndTime", "EventStartTime must be before EventEndTime.");
  forget_finished(call);
  Value replay = with_members(in, {"ReplayName", "Description", "EventSourceArn", "EventStartTime",
                                   "EventEndTime", "Destination"});
  replay.set("State", "STARTING").set("ReplayStartTime", call.now);
  replay.set("_Next", archived_key(in["EventStartTime"].as_time(), ""));
  call.put("replay", name, replay);
  call.at(call.now, "replay", name, "replay/" + name);
  return Value::map({{"ReplayArn", replay_arn(call, name)},
                     {"State", "STARTING"},
                     {"ReplayStartTime", call.now}});
}

Status go_on_with_replay(Call& call, const Value& name) {
  const Value* found = call.find("replay", name.as_string());
  if (!found || is_over(*found)) return {};
  Value replay = *found;
  if (replay["State"].as_string() == "CANCELLING") {
    finish(call, replay, "CANCELLED");
    call.put("replay", name.as_string(), std::move(replay));
    return {};
  }
  auto archive = find_archive(call, archive_name_of(replay["EventSourceArn"].as_string()));
  std::vector<std::pair<std::string, Value>> events;
  if (archive.has_value()) {
    const auto& all = call.all(archived_table(*archive));
    std::string end = archived_key(replay["EventEndTime"].as_time(), "");
    auto it = all.lower_bound(replay["_Next"].as_string());
    for (; it != all.end() && it->first < end && events.size() < events_at_once; ++it)
      events.emplace_back(it->first, it->second);
  }
  for (const auto& [id, kept] : events) {
    send_again(call, replay, kept);
    replay.set("_Next", id + '\x01').set("EventLastReplayedTime", kept["Came"]);
  }
  if (!archive.has_value()) {
    replay.set("StateReason", "The archive does not exist.");
    finish(call, replay, "FAILED");
  } else if (events.size() < events_at_once) {
    finish(call, replay, "COMPLETED");
  } else {
    replay.set("State", "RUNNING");
    call.at(call.now, "replay", name, "replay/" + name.as_string());
  }
  call.put("replay", name.as_string(), std::move(replay));
  return {};
}

Result<Value> describe_replay(Call& call, const Value& in) {
  TRY(Value replay, find_replay(call, in["ReplayName"].as_string()));
  Value out = shown_replay(call, replay);
  for (const char* member : {"Description", "Destination"})
    if (replay.has(member)) out.set(member, replay[member]);
  return out.set("ReplayArn", replay_arn(call, replay["ReplayName"].as_string()));
}

Result<Value> cancel_replay(Call& call, const Value& in) {
  TRY(Value replay, find_replay(call, in["ReplayName"].as_string()));
  if (is_over(replay))
    return aws_error("IllegalStatusException", "Replay " + in["ReplayName"].as_string() +
                                                   " is not in a valid state for this operation.");
  call.put("replay", in["ReplayName"].as_string(), replay.set("State", "CANCELLING"));
  return Value::map(
      {{"ReplayArn", replay_arn(call, in["ReplayName"].as_string())}, {"State", "CANCELLING"}});
}

Result<Value> list_replays(Call& call, const Value& in) {
  return page_of(call, in, "replay", in["NamePrefix"].as_string(), "Replays", shown_replay,
                 keeps_replay);
}

}  // namespace mainstay::events
