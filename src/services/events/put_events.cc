// Events that callers send, and trying patterns on them.
#include <map>
#include <set>

#include "base/json.hh"
#include "cloud/cloud.hh"
#include "services/events/handlers.hh"
#include "services/events/publish.hh"
#include "services/events/rule.hh"
#include "wire/arn.hh"

namespace mainstay::events {
namespace {

// "The total entry size must be less than 1MB" (PutEvents); "Calculating PutEvents event entry
// size" says what counts.
constexpr size_t bytes_max = 1 << 20;
constexpr size_t time_bytes = 14;
constexpr int detail_depth_max = 1000;

size_t size_of(const Value& entry) {
  size_t size = entry.has("Time") ? time_bytes : 0;
  for (const char* member : {"Source", "DetailType", "Detail"})
    size += entry[member].as_string().size();
  for (const Value& resource : entry["Resources"].items()) size += resource.as_string().size();
  return size;
}

Value failed(const char* code, std::string message) {
  return Value::map({{"ErrorCode", code}, {"ErrorMessage", std::move(message)}});
}

// What is wrong with an entry; null if nothing is.
Value fault_of(const Call& call, const Value& entry) {
  for (const char* member : {"Source", "DetailType", "Detail"})
    if (entry[member].as_string().empty())
      return failed("InvalidArgument", "Parameter " + std::string(member) +
                                           " is not valid. Reason: " + member +
                                           " is a required argument.");
  bool own_source = entry["Source"].as_string().starts_with("aws.");
  bool may = call.caller.kind == cloud::Caller::Kind::service || entry.has("_Body");
  if (own_source && !may)
    return failed("NotAuthorizedForSourceException", "Not authorized for the source.");
  auto detail = parse_json(entry["Detail"].as_string(), detail_depth_max);
  if (!detail.has_value() || !detail->is_map())
    return failed("MalformedDetail", "Detail is malformed.");
  return {};
}

Event event_of(Call& call, const Value& entry) {
  Event event = new_event(call, entry["Source"].as_string(), entry["DetailType"].as_string());
  if (entry.has("_Body")) {
    const Value& body = entry["_Body"];
    event.body = body;
    if (body["account"].as_string() != call.account) event.sender = body["account"].as_string();
    if (body["region"].as_string() != call.region) event.body.set("id", call.random.uuid());
    event.hops = static_cast<int>(entry["_Hops"].as_int());
    return event;
  }
  if (entry.has("Time")) event.body.set("time", format_iso8601(entry["Time"].as_time()));
  if (entry.has("Resources")) event.body.set("resources", entry["Resources"]);
  event.body.set("detail", *parse_json(entry["Detail"].as_string(), detail_depth_max));
  return event;
}

struct Place {
  std::string account, region;
  auto operator<=>(const Place&) const = default;
};

Place place_of(const Call& call, const Value& entry) {
  auto arn = wire::parse_arn(entry["EventBusName"].as_string());
  if (!arn.has_value()) return {call.account, call.region};
  return {arn->account, arn->region};
}

Status put_at(Call& call, const Place& place, const Value& entries,
              const std::vector<size_t>& indexes, std::map<size_t, Value>& answers) {
  Value theirs = Value::list();
  for (size_t i : indexes) theirs.push_back(entries.at(i));
  TRY(Value out, call.cloud.invoke(call.caller, place.account, place.region, "events", "PutEvents",
                                   Value::map({{"Entries", std::move(theirs)}})));
  for (size_t n = 0; n < indexes.size(); ++n) answers[indexes[n]] = out["Entries"].at(n);
  return {};
}

// Entries for buses elsewhere are put there, as this caller; answers by their place in the request.
Status put_elsewhere(Call& call, const Value& entries, std::map<size_t, Value>& answers) {
  std::map<Place, std::vector<size_t>> by_place;
  for (size_t i = 0; i < entries.items().size(); ++i) {
    Place place = place_of(call, entries.at(i));
    if (place != Place{call.account, call.region}) by_place[place].push_back(i);
  }
  Status done;
  if (by_place.empty()) return done;
  call.outside([&] {
    for (const auto& [place, indexes] : by_place)
      if (done.has_value()) done = put_at(call, place, entries, indexes, answers);
  });
  return done;
}

// Whether the caller may put onto each bus that the request names.
Status check_buses(Call& call, const Value& entries) {
  std::set<std::string> seen;
  for (const Value& entry : entries.items()) {
    if (place_of(call, entry) != Place{call.account, call.region}) continue;
    if (!seen.insert(bus_name_of(entry["EventBusName"])).second) continue;
    CHECK_OK(call.may("PutEvents", Value::map({{"Entries", Value::list({entry})}})));
  }
  return {};
}

}  // namespace

Result<Value> put_events(Call& call, const Value& in) {
  if (in.has("EndpointId"))
    return aws_error("NotImplemented",
                     "mainstay's embedded cloud does not implement global endpoints", 501);
  const Value& entries = in["Entries"];
  size_t size = 0;
  for (const Value& entry : entries.items()) size += size_of(entry);
  if (size >= bytes_max)
    return validation("Total size of the entries in the request is over the limit.");
  CHECK_OK(check_buses(call, entries));
  std::map<size_t, Value> answers;
  CHECK_OK(put_elsewhere(call, entries, answers));
  int64_t failures = 0;
  for (size_t i = 0; i < entries.items().size(); ++i) {
    const Value& entry = entries.at(i);
    Value& answer = answers[i];
    if (answer.is_null()) {
      answer = fault_of(call, entry);
      if (answer.is_null()) {
        Event event = event_of(call, entry);
        answer = Value::map({{"EventId", event.body["id"]}});
        // Of a bus that is not there AWS takes events, too.
        publish(call, bus_name_of(entry["EventBusName"]), event);
      }
    }
    failures += answer.has("ErrorCode");
  }
  Value out = Value::list();
  for (auto& [i, answer] : answers) out.push_back(std::move(answer));
  return Value::map({{"FailedEntryCount", failures}, {"Entries", std::move(out)}});
}

Result<Value> test_event_pattern(Call&, const Value& in) {
  auto event = parse_json(in["Event"].as_string(), detail_depth_max);
  if (!event.has_value() || !event->is_map()) return validation("Parameter Event is not valid.");
  TRY(patterns::Pattern pattern, compiled_pattern(in["EventPattern"].as_string()));
  for (const char* member :
       {"id", "account", "source", "time", "region", "resources", "detail-type"})
    if (!event->has(member)) return validation("Parameter Event is not valid.");
  return Value::map({{"Result", pattern.matches(*event)}});
}

}  // namespace mainstay::events
