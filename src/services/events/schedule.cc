// Rules by the clock. Each has one timer, of its own name, set for the next time; when it is due,
// the rule's targets get their event and the timer is set again, in one unit.
#include "schedules/expression.hh"

#include "services/events/handlers.hh"
#include "services/events/publish.hh"
#include "services/events/rule.hh"

namespace mainstay::events {
namespace {

std::string timer_of(const Value& rule) {
  return "rule/" + rule["Name"].as_string();
}

std::optional<Time> next_time(const Value& rule, Time after) {
  auto expression =
      schedules::Expression::parse(rule["ScheduleExpression"].as_string(), schedules::Forms{});
  if (!expression.has_value()) return std::nullopt;
  // A rate begins to count when it is made, and is due for the first time a period later.
  return expression->next(after, rule["_Start"].as_time());
}

void set_timer(Call& call, const Value& rule, Time after) {
  if (auto next = next_time(rule, after))
    call.at(
        *next, "schedule",
        Value::map(
            {{"Rule", rule["Name"]}, {"Expression", rule["ScheduleExpression"]}, {"Due", *next}}),
        timer_of(rule));
}

}  // namespace

Status check_schedule(const Value& rule) {
  auto parsed =
      schedules::Expression::parse(rule["ScheduleExpression"].as_string(), schedules::Forms{});
  if (!parsed.has_value()) return validation("Parameter ScheduleExpression is not valid.");
  return {};
}

void keep_schedule(Call& call, Value& rule) {
  drop_schedule(call, rule);
  if (!rule.has("ScheduleExpression")) return;
  if (!is_enabled(rule)) {
    rule.erase("_Start");  // a rate begins anew
    return;
  }
  if (!rule["_Start"].is_time()) rule.set("_Start", call.now);
  set_timer(call, rule, call.now);
}

void drop_schedule(Call& call, const Value& rule) {
  if (rule["EventBusName"].as_string() == default_bus) call.cancel_timer(timer_of(rule));
}

Status fire_schedule(Call& call, const Value& argument) {
  const Value* found =
      call.find("rule", rule_key(std::string(default_bus), argument["Rule"].as_string()));
  if (!found || !is_enabled(*found)) return {};
  const Value rule = *found;
  if (rule["ScheduleExpression"] != argument["Expression"]) return {};
  Time due = argument["Due"].as_time();
  set_timer(call, rule, std::max(due, call.now));
  Event event = new_event(call, "aws.events", "Scheduled Event");
  event.body.set("time", format_iso8601(due));
  event.body.set("resources", Value::list({rule_arn(call, rule)}));
  event.body.set("detail", Value::map({}));
  send_to_targets(call, rule, event);
  return {};
}

}  // namespace mainstay::events
