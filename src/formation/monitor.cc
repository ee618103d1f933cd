// Rollback triggers, and the time in which they are watched after all is deployed (API reference,
// RollbackConfiguration).
#include <algorithm>

#include "base/text.hh"
#include "formation/operation.hh"

namespace mainstay::formation {
namespace {

bool is_alarm(const Value& resource) {
  const std::string& type = resource["ResourceType"].as_string();
  return is_present(resource) &&
         (type == "AWS::CloudWatch::Alarm" || type == "AWS::CloudWatch::CompositeAlarm");
}

}  // namespace

// "If a specified trigger is missing, the entire stack operation fails and is rolled back"
// (RollbackTrigger). Alarms are there where a stack has recorded one; nothing measures, so none of
// them ever goes off.
Outcome Operation::check_triggers() {
  Outcome outcome;
  const Value& triggers = stack_["RollbackConfiguration"]["RollbackTriggers"];
  if (triggers.empty()) return outcome;
  std::set<std::string> alarms;
  Status read = commit([&](Call& call) -> Status {
    for (const auto& [id, r] : call.all("resource"))
      if (is_alarm(r)) alarms.insert(r["Attributes"]["Arn"].as_string());
    return {};
  });
  if (!read.has_value()) outcome.error = read.error().message;
  std::vector<std::string> missing;
  for (const Value& trigger : triggers.items())
    if (!alarms.contains(trigger["Arn"].as_string())) missing.push_back(trigger["Arn"].as_string());
  if (!missing.empty())
    outcome.error = "The following rollback trigger(s) are missing: [" + join(missing, ", ") + "].";
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
  if (is_over_ || halt != Halt::none || cloud_.now() >= until) return outcome;
  outcome.waits = is_over_ = true;
  look_again_at(until);
  return outcome;
}

}  // namespace mainstay::formation
