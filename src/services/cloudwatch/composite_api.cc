// Composite alarms: put; looked at whenever a part of theirs changes; and held back by a
// suppressor ("Composite alarm action suppression").
#include <algorithm>

#include "services/cloudwatch/composite_rule.hh"
#include "services/cloudwatch/handlers.hh"
#include "services/cloudwatch/history.hh"
#include "services/cloudwatch/watch.hh"

namespace mainstay::cloudwatch {
namespace {

std::string state_of(Call& call, const std::string& name_or_arn) {
  const Value* alarm = call.find("alarm", alarm_name_of(name_or_arn));
  return alarm ? (*alarm)["StateValue"].as_string() : "";
}

// The alarms in ALARM that a rule speaks of.
Value triggers_of(Call& call, const CompositeRule& rule) {
  Value out = Value::list();
  for (const std::string& part : rule.alarms()) {
    const Value* alarm = call.find("alarm", alarm_name_of(part));
    if (!alarm || (*alarm)["StateValue"].as_string() != "ALARM") continue;
    Time at = (*alarm)["StateUpdatedTimestamp"].as_time();
    out.push_back(
        Value::map({{"arn", (*alarm)["AlarmArn"]},
                    {"state", Value::map({{"value", "ALARM"}, {"timestamp", aws_time(at)}})}}));
  }
  return out;
}

std::string reason_for(Call& call, const CompositeRule& rule, const std::string& changed,
                       const std::string& state) {
  const Value* alarm = call.find("alarm", changed);
  if (!alarm) return "Alarm rule evaluated to " + std::string(state == "ALARM" ? "TRUE" : "FALSE");
  std::string iso = format_http_date((*alarm)["StateUpdatedTimestamp"].as_time());
  // "Sunday 29 November, 2026 18:00:00 UTC" is AWS's; of it the parts that say something.
  return (*alarm)["AlarmArn"].as_string() + " transitioned to " +
         (*alarm)["StateValue"].as_string() + " at " + iso.substr(0, iso.size() - 3) + "UTC" +
         (rule.alarms().size() > 1
              ? ". Alarm rule evaluates to " + std::string(state == "ALARM" ? "TRUE" : "FALSE")
              : "");
}

void evaluate(Call& call, const Value& alarm, const std::string& changed) {
  auto rule = CompositeRule::parse(alarm["AlarmRule"].as_string());
  if (!rule.has_value()) return;
  bool holds = rule->holds([&](const std::string& part) { return state_of(call, part); });
  std::string state = holds ? "ALARM" : "OK";
  if (alarm["StateValue"].as_string() == state) return;
  change_state(call, alarm, state, reason_for(call, *rule, changed, state),
               Value::map({{"triggeringAlarms", triggers_of(call, *rule)}}));
}

// Whether `name` is a part of `of`, however deep.
bool is_part(Call& call, const std::string& name, const std::string& of, int depth = 0) {
  if (name == of || depth > CompositeRule::depth_max) return true;
  const Value* alarm = call.find("alarm", of);
  if (!alarm) return false;
  const List& parts = (*alarm)["_Parts"].items();
  return std::any_of(parts.begin(), parts.end(), [&](const Value& part) {
    return is_part(call, name, part.as_string(), depth + 1);
  });
}

void hold(Call& call, Value& alarm, const char* by, const std::string& why, int64_t seconds) {
  alarm.set("ActionsSuppressedBy", by).set("ActionsSuppressedReason", why);
  if (seconds > 0)
    call.after(seconds * second_ms, "suppression ends", alarm["AlarmName"],
               "suppression/" + alarm["AlarmName"].as_string());
}

void let_go(Call& call, Value alarm) {
  alarm.erase("ActionsSuppressedBy");
  alarm.erase("ActionsSuppressedReason");
  Value before = Value::map({{"StateValue", alarm["_HeldFrom"]}});
  alarm.erase("_HeldFrom");
  if (!before["StateValue"].is_null() && before["StateValue"] != alarm["StateValue"])
    act(call, alarm, before);
  put_alarm(call, alarm);
}

// A suppressor has changed: what it holds back waits on, or for the extension period.
void look_at_held(Call& call, const std::string& suppressor) {
  std::vector<Value> held;
  for (const auto& [name, alarm] : call.all("alarm"))
    if (alarm.has("ActionsSuppressedBy") &&
        alarm_name_of(alarm["ActionsSuppressor"].as_string()) == suppressor)
      held.push_back(alarm);
  bool in_alarm = state_of(call, suppressor) == "ALARM";
  for (Value& alarm : held) {
    const std::string by = alarm["ActionsSuppressedBy"].as_string();
    if (in_alarm) {
      call.cancel_timer("suppression/" + alarm["AlarmName"].as_string());
      hold(call, alarm, "Alarm", "Actions suppressed by " + suppressor, 0);
    } else if (by == "Alarm") {
      hold(call, alarm, "ExtensionPeriod",
           "Actions suppressed until the extension period has passed",
           alarm["ActionsSuppressorExtensionPeriod"].as_int());
    }
    put_alarm(call, alarm);
  }
}

Status check_composite(Call& call, const Value& in, const CompositeRule& rule) {
  const std::string& name = in["AlarmName"].as_string();
  for (const std::string& part : rule.alarms()) {
    if (!call.find("alarm", alarm_name_of(part)))
      return validation_error("Could not save the composite alarm as alarms [" +
                              alarm_name_of(part) + "] in the alarm rule do not exist");
    if (is_part(call, name, alarm_name_of(part)))
      return validation_error(
          "Could not save the composite alarm as it would be a part of itself, "
          "through " +
          alarm_name_of(part));
  }
  if (in.has("ActionConfiguration")) return not_implemented("ActionConfiguration of alarms");
  if (!in.has("ActionsSuppressor")) return {};
  for (const char* member : {"ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod"})
    if (!in.has(member))
      return aws_error("MissingParameter",
                       "The parameter " + std::string(member) + " is required.");
  if (!call.find("alarm", alarm_name_of(in["ActionsSuppressor"].as_string())))
    return validation_error(
        "Could not save the composite alarm as the actions suppressor does not exist");
  return {};
}

}  // namespace

void look_at_composites(Call& call, const std::string& name) {
  std::string prefix = name + '\x03';
  std::vector<std::string> parents;
  const auto& all = call.all("part");
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it)
    parents.push_back(it->second.as_string());
  for (const std::string& parent : parents)
    if (const Value* alarm = call.find("alarm", parent)) evaluate(call, Value(*alarm), name);
  look_at_held(call, name);
}

bool is_held_back(Call& call, Value& alarm, const Value& before) {
  if (!alarm.has("ActionsSuppressor")) return false;
  std::string suppressor = alarm_name_of(alarm["ActionsSuppressor"].as_string());
  bool is_held = alarm.has("ActionsSuppressedBy");
  if (!is_held && alarm["StateValue"].as_string() != "ALARM") return false;
  if (!alarm.has("_HeldFrom")) alarm.set("_HeldFrom", before["StateValue"]);
  if (is_held) return true;
  if (state_of(call, suppressor) == "ALARM")
    hold(call, alarm, "Alarm", "Actions suppressed by " + suppressor, 0);
  else
    hold(call, alarm, "WaitPeriod", "Actions suppressed until the wait period has passed",
         std::max<int64_t>(alarm["ActionsSuppressorWaitPeriod"].as_int(), 1));
  return true;
}

Status end_suppression(Call& call, const Value& name) {
  const Value* found = call.find("alarm", name.as_string());
  if (!found || !found->has("ActionsSuppressedBy")) return {};
  if ((*found)["ActionsSuppressedBy"].as_string() == "Alarm") return {};
  let_go(call, *found);
  return {};
}

Result<Value> put_composite_alarm(Call& call, const Value& in) {
  const std::string& name = in["AlarmName"].as_string();
  auto rule = CompositeRule::parse(in["AlarmRule"].as_string());
  if (!rule.has_value()) return validation_error("AlarmRule is not valid: " + rule.error().message);
  CHECK_OK(check_actions(in));
  CHECK_OK(check_composite(call, in, *rule));
  const Value* before = call.find("alarm", name);
  if (before && !is_composite(*before))
    return validation_error("An alarm of another type has the name " + name + ".");
  bool is_new = !before;
  if (before) unwatch(call, Value(*before));
  Value alarm = new_alarm(call, in, "CompositeAlarm",
                          {"AlarmDescription", "AlarmRule", "ActionsSuppressor",
                           "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod"});
  Value parts = Value::list();
  for (const std::string& part : rule->alarms()) {
    std::string part_name = alarm_name_of(part);
    parts.push_back(part_name);
    call.put("part", part_name + '\x03' + name, name);
  }
  put_alarm(call, alarm.set("_Parts", std::move(parts)));
  add_history(call, alarm, "ConfigurationUpdate",
              "Alarm \"" + name + "\" " + (is_new ? "created" : "updated"),
              Value::map({{"version", "1.0"}, {"type", is_new ? "Create" : "Update"}}));
  evaluate(call, alarm, "");
  return Value::map({});
}

}  // namespace mainstay::cloudwatch
