#include "services/events/publish.hh"

#include <algorithm>

#include "services/events/delivery.hh"
#include "services/events/rule.hh"

namespace mainstay::events {
namespace {

// What only looked at something is an event for rules alone that ask for all of them ("Events from
// AWS services": management events via CloudTrail).
bool is_read_only_call(const Value& event) {
  return event["detail-type"].as_string() == "AWS API Call via CloudTrail" &&
         event["detail"]["readOnly"].as_bool();
}

bool is_wanted(Call& call, const Value& rule, const Event& event) {
  if (!is_enabled(rule) || !rule.has("EventPattern")) return false;
  if (is_read_only_call(event.body) && rule["State"].as_string() != enabled_for_all) return false;
  if (event.only_rules.is_list()) {
    const List& only = event.only_rules.items();
    if (std::find(only.begin(), only.end(), Value(rule_arn(call, rule))) == only.end())
      return false;
  }
  auto pattern = compiled_pattern(rule["EventPattern"].as_string());
  return pattern.has_value() && pattern->matches(event.body);
}

}  // namespace

Event new_event(Call& call, std::string_view source, std::string_view detail_type) {
  Event event;
  event.body = Value::map({{"version", "0"},
                           {"id", call.random.uuid()},
                           {"detail-type", detail_type},
                           {"source", source},
                           {"account", call.account},
                           {"time", format_iso8601(call.now)},
                           {"region", call.region},
                           {"resources", Value::list()},
                           {"detail", Value::map({})}});
  return event;
}

void send_to_targets(Call& call, const Value& rule, const Event& event) {
  for (const Value& target : rule["Targets"].items()) deliver(call, rule, target, event);
}

void publish(Call& call, const std::string& bus, const Event& event) {
  if (!event.is_replay) archive_event(call, bus, event);
  std::string prefix = rule_prefix(bus);
  std::vector<Value> wanted;  // what a delivery writes may move what is walked through
  const auto& all = call.all("rule");
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it)
    if (is_wanted(call, it->second, event)) wanted.push_back(it->second);
  for (const Value& rule : wanted) send_to_targets(call, rule, event);
}

}  // namespace mainstay::events
