#include "services/cloudwatch/alarm.hh"

#include "base/json.hh"
#include "base/text.hh"
#include "cloud/announce.hh"
#include "services/cloudwatch/history.hh"
#include "services/cloudwatch/watch.hh"
#include "wire/arn.hh"

namespace mainstay::cloudwatch {
namespace {

constexpr std::string_view alarm_prefix = "alarm:";
constexpr size_t actions_max = 5;  // PutMetricAlarm, "AlarmActions"

Value state_value(const Value& alarm) {
  Value out = Value::map({{"value", alarm["StateValue"]},
                          {"reason", alarm["StateReason"]},
                          {"timestamp", aws_time(alarm["StateUpdatedTimestamp"].as_time())}});
  if (alarm.has("StateReasonData")) out.set("reasonData", alarm["StateReasonData"]);
  return out;
}

// "CloudWatch Alarm State Change" ("Alarm events and EventBridge").
void tell_event_bus(Call& call, const Value& alarm, const Value& before) {
  if (!cloud::has_audience(call)) return;
  cloud::announce(call, {.source = "aws.cloudwatch",
                         .detail_type = "CloudWatch Alarm State Change",
                         .resource = alarm["AlarmArn"].as_string(),
                         .detail = Value::map({{"alarmName", alarm["AlarmName"]},
                                               {"state", state_value(alarm)},
                                               {"previousState", state_value(before)},
                                               {"configuration", event_configuration(alarm)}}),
                         .lane = alarm["AlarmName"].as_string()});
}

}  // namespace

std::string alarm_arn(const Call& call, const std::string& name) {
  return call.arn(std::string(alarm_prefix) + name);
}

std::string alarm_name_of(const std::string& name_or_arn) {
  auto arn = wire::parse_arn(name_or_arn);
  if (!arn.has_value() || !arn->resource.starts_with(alarm_prefix)) return name_or_arn;
  return arn->resource.substr(alarm_prefix.size());
}

Result<Value> find_alarm(Call& call, const std::string& name) {
  if (const Value* alarm = call.find("alarm", name)) return *alarm;
  return aws_error("ResourceNotFound", "", 404);
}

bool is_composite(const Value& alarm) {
  return alarm["_Type"].as_string() == "CompositeAlarm";
}

void put_alarm(Call& call, const Value& alarm) {
  call.put("alarm", alarm["AlarmName"].as_string(), alarm);
}

void remove_alarm(Call& call, const Value& alarm) {
  const std::string& name = alarm["AlarmName"].as_string();
  unwatch(call, alarm);
  forget_history(call, name);
  call.remove("alarm", name);
  look_at_composites(call, name);
}

Status check_actions(const Value& in) {
  for (const char* member : {"AlarmActions", "OKActions", "InsufficientDataActions"}) {
    if (in[member].size() > actions_max)
      return validation_error("1 validation error detected: Value at '" + std::string(member) +
                              "' failed to satisfy constraint: Member must have length less than "
                              "or equal to 5");
    for (const Value& action : in[member].items())
      if (!wire::parse_arn(action.as_string()).has_value())
        return validation_error("Invalid arn syntax: " + printable(action.as_string()));
  }
  return {};
}

Value new_alarm(Call& call, const Value& in, const char* type,
                std::initializer_list<const char*> members) {
  const std::string& name = in["AlarmName"].as_string();
  const Value* before = call.find("alarm", name);
  Value alarm = Value::map({{"AlarmName", name}, {"AlarmArn", alarm_arn(call, name)}});
  for (const char* member : members)
    if (in.has(member)) alarm.set(member, in[member]);
  alarm.set("ActionsEnabled", in["ActionsEnabled"].as_bool(true));
  for (const char* member : {"OKActions", "AlarmActions", "InsufficientDataActions"})
    alarm.set(member, in[member].is_list() ? in[member] : Value::list());
  alarm.set("AlarmConfigurationUpdatedTimestamp", call.now).set("_Type", type);
  if (before) {
    for (const char* member : {"StateValue", "StateReason", "StateReasonData",
                               "StateUpdatedTimestamp", "StateTransitionedTimestamp", "_Tags"})
      if (before->has(member)) alarm.set(member, (*before)[member]);
    return alarm;
  }
  return alarm.set("StateValue", "INSUFFICIENT_DATA")
      .set("StateReason", "Unchecked: Initial alarm creation")
      .set("StateUpdatedTimestamp", call.now)
      .set("StateTransitionedTimestamp", call.now)
      .set("_Tags", in["Tags"].is_list() ? in["Tags"] : Value::list());
}

void change_state(Call& call, Value alarm, const std::string& state, const std::string& reason,
                  const Value& reason_data) {
  const Value before = alarm;
  bool is_other = before["StateValue"].as_string() != state;
  alarm.set("StateValue", state).set("StateReason", reason);
  alarm.set("StateUpdatedTimestamp", call.now);
  alarm.erase("StateReasonData");
  if (!reason_data.is_null())
    alarm.set("StateReasonData", reason_data.is_string() ? reason_data : to_json(reason_data));
  if (is_other) alarm.set("StateTransitionedTimestamp", call.now);
  if (is_other) {
    add_history(call, alarm, "StateUpdate",
                "Alarm updated from " + before["StateValue"].as_string() + " to " + state,
                state_update_data(before, alarm));
    if (!is_composite(alarm) || !is_held_back(call, alarm, before)) act(call, alarm, before);
    tell_event_bus(call, alarm, before);
  }
  put_alarm(call, alarm);
  if (is_other) look_at_composites(call, alarm["AlarmName"].as_string());
}

}  // namespace mainstay::cloudwatch
