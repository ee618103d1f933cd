#include "services/cloudtrail/cloudtrail.hh"

#include <algorithm>

#include "base/text.hh"
#include "cloud/call.hh"
#include "cloud/cloud.hh"
#include "cloud/paging.hh"
#include "services/cloudtrail/event.hh"

namespace mainstay::cloudtrail {
namespace {

using cloud::Call;

constexpr int64_t page_max = 50;

bool names_resource(const TrailEvent& event, const std::string& member, const Value& wanted) {
  Value resources = resources_of(event);
  const List& all = resources.items();
  return std::any_of(all.begin(), all.end(), [&](const Value& r) { return r[member] == wanted; });
}

bool matches(const TrailEvent& event, const Value& attribute) {
  const std::string& key = attribute["AttributeKey"].as_string();
  const std::string& value = attribute["AttributeValue"].as_string();
  if (key == "EventName") return event.operation == value;
  if (key == "EventSource") return source_of(event) == value;
  if (key == "ReadOnly") return (event.read_only ? "true" : "false") == to_lower(value);
  if (key == "Username") return username_of(event) == value;
  if (key == "AccessKeyId") return event.caller.access_key == value;
  if (key == "EventId") return event_id_of(event) == value;
  return names_resource(event, key, attribute["AttributeValue"]);
}

Value shown_event(const cloud::Cloud& cloud, const TrailEvent& event) {
  Value out = Value::map({{"EventId", event_id_of(event)},
                          {"EventName", event.operation},
                          {"ReadOnly", event.read_only ? "true" : "false"},
                          {"EventTime", Time{event.at.ms / 1000 * 1000}},
                          {"EventSource", source_of(event)},
                          {"Username", username_of(event)},
                          {"Resources", resources_of(event)},
                          {"CloudTrailEvent", record_of(cloud, event)}});
  if (!event.caller.access_key.empty()) out.set("AccessKeyId", event.caller.access_key);
  return out;
}

struct Lookup {
  Time from, to;
  Value attributes;
  uint64_t below = UINT64_MAX;  // event numbers, from the token
  size_t count = page_max;

  bool wants(const TrailEvent& event) const {
    const List& all = attributes.items();
    return event.number < below && event.at >= from && event.at <= to &&
           std::all_of(all.begin(), all.end(), [&](const Value& a) { return matches(event, a); });
  }
};

Result<Lookup> read_lookup(const Value& in) {
  Lookup out{in["StartTime"].as_time(), in["EndTime"].as_time({INT64_MAX}), in["LookupAttributes"]};
  if (out.from > out.to)
    return aws_error("InvalidTimeRangeException", "Start time must occur before end time.");
  if (out.attributes.size() > 1)
    return aws_error("InvalidLookupAttributesException",
                     "You can only specify one lookup attribute per lookup request.");
  out.count = static_cast<size_t>(in["MaxResults"].as_int(page_max));
  if (!in.has("NextToken")) return out;
  auto position = parse_int(cloud::read_token(in["NextToken"].as_string()).value_or(""));
  if (!position) return aws_error("InvalidNextTokenException", "Invalid nextToken.");
  out.below = static_cast<uint64_t>(*position);
  return out;
}

// Newest first.
Result<Value> lookup_events(Call& call, const Value& in) {
  TRY(Lookup lookup, read_lookup(in));
  Value out = Value::map({{"Events", Value::list()}});
  if (in.has("EventCategory")) return out;  // insights, which nothing here has
  cloud::Trail::Events events = call.cloud.trail().events(call.account, call.region);
  for (auto it = events.rbegin(); it != events.rend(); ++it) {
    if (!lookup.wants(**it)) continue;
    if (out["Events"].size() == lookup.count)
      return out.set("NextToken", cloud::make_token(std::to_string((*it)->number + 1)));
    out.member("Events").push_back(shown_event(call.cloud, **it));
  }
  return out;
}

// "AWS API Call via CloudTrail", onto the account's default event bus ("Events from AWS services
// via CloudTrail", EventBridge user guide). Made out of the request's way; what a process that is
// killed has not put there yet is lost, as the trail itself is.
void tell_event_bus(cloud::Cloud& cloud, const std::shared_ptr<const TrailEvent>& event) {
  cloud.agenda().post([&cloud, event] {
    const std::string& account = event->caller.account;
    Value entry = Value::map({{"Source", "aws." + event->service},
                              {"DetailType", "AWS API Call via CloudTrail"},
                              {"Detail", record_of(cloud, *event)},
                              {"Time", event->at}});
    auto put = cloud.invoke(cloud::Caller::service_principal(account, "cloudtrail.amazonaws.com"),
                            account, event->region, "events", "PutEvents",
                            Value::map({{"Entries", Value::list({std::move(entry)})}}));
    if (!put.has_value()) cloud.warn(Error(put.error()).because("an event of CloudTrail"));
  });
}

}  // namespace

cloud::Service make_service() {
  cloud::Service service;
  service.name = "cloudtrail";
  service.operations = {cloud::reads("LookupEvents", lookup_events)};
  service.on_event = tell_event_bus;
  return service;
}

}  // namespace mainstay::cloudtrail
