// Rollback triggers, and the time in which they are watched after all is deployed (API reference,
// RollbackConfiguration).
#include <algorithm>

#include "base/text.hh"
#include "formation/operation.hh"

namespace mainstay::formation {
namespace {

// How often alarms are looked at while a stack is watched, by the cloud's clock.
constexpr int64_t look_every_ms = 10'000;

std::string list_of(const std::vector<std::string>& arns) {
  return "[" + join(arns, ", ") + "]";
}

}  // namespace

// "If a specified trigger is missing, the entire stack operation fails and is rolled back"
// (RollbackTrigger); so it is where one goes off. Where this cloud has no CloudWatch every alarm is
// missing.
Outcome Operation::check_triggers() {
  Outcome outcome;
  std::vector<std::string> missing, alarmed;
  for (const Value& trigger : stack_["RollbackConfiguration"]["RollbackTriggers"].items()) {
    const std::string& arn = trigger["Arn"].as_string();
    auto fields = split(arn, ":");
    Value in = Value::map({{"AlarmNames", Value::list({fields.back()})},
                           {"AlarmTypes", Value::list({"MetricAlarm", "CompositeAlarm"})}});
    auto found = cloud_.invoke(asker().caller, key_.account, key_.region, "cloudwatch",
                               "DescribeAlarms", std::move(in));
    Value alarm;
    if (found.has_value())
      for (const char* kind : {"MetricAlarms", "CompositeAlarms"})
        for (const Value& one : (*found)[kind].items())
          if (one["AlarmArn"].as_string() == arn) alarm = one;
    if (alarm.is_null()) missing.push_back(arn);
    if (alarm["StateValue"].as_string() == "ALARM") alarmed.push_back(arn);
  }
  if (!missing.empty())
    outcome.error = "The following rollback trigger(s) are missing: " + list_of(missing) + ".";
  else if (!alarmed.empty())
    outcome.error =
        "The following rollback trigger(s) are in ALARM state: " + list_of(alarmed) + ".";
  return outcome;
}

// The end of the time is kept, so that a restart does not begin it anew.
Outcome Operation::monitor() {
  Outcome outcome;
  const int64_t minutes = stack_["RollbackConfiguration"]["MonitoringTimeInMinutes"].as_int();
  if (minutes == 0) return outcome;
  Status kept = commit([&](Call& call) -> Status {
    TRY(Value now, find_stack(call, key_.id));
    Value& operation = now.member("_operation");
    if (!operation.has("MonitoredUntil")) {
      operation.set("MonitoredUntil", call.now + minutes * 60'000);
      put_stack(call, now);
    }
    stack_.set("_operation", operation);
    return {};
  });
  if (!kept.has_value()) {
    outcome.error = kept.error().message;
    return outcome;
  }
  Time until = stack_["_operation"]["MonitoredUntil"].as_time();
  Halt halt = halted();
  is_over_ = halt == Halt::ended;
  outcome.cancelled = halt == Halt::cancelled;
  outcome.late = halt == Halt::late;
  if (is_over_ || halt != Halt::none) return outcome;
  outcome = check_triggers();
  if (!outcome.good() || cloud_.now() >= until) return outcome;
  outcome.waits = is_over_ = true;
  bool has_triggers = !stack_["RollbackConfiguration"]["RollbackTriggers"].empty();
  look_again_at(has_triggers ? std::min(until, cloud_.now() + look_every_ms) : until);
  return outcome;
}

}  // namespace mainstay::formation
