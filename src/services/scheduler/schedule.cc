#include "services/scheduler/schedule.hh"

#include "schedules/expression.hh"
#include "services/scheduler/target.hh"

namespace mainstay::scheduler {
namespace {

constexpr schedules::Forms forms{.at = true, .loose_units = true};

std::string timer_of(const Value& schedule) {
  return "schedule/" + schedule_key(group_of(schedule), schedule["Name"].as_string());
}

Result<schedules::Zone> zone_of(const Value& schedule) {
  if (!schedule.has("ScheduleExpressionTimezone")) return schedules::Zone::utc();
  const std::string& name = schedule["ScheduleExpressionTimezone"].as_string();
  auto zone = schedules::Zone::find(name);
  if (!zone.has_value())
    return zone.error().code == "TimeZoneUnknown"
               ? invalid("The ScheduleExpressionTimezone " + name + " is not valid.")
               : aws_error("InternalServerException", zone.error().message, 500);
  return *zone;
}

Status check_window(const Value& window) {
  bool is_flexible = window["Mode"].as_string() == "FLEXIBLE";
  if (is_flexible && !window.has("MaximumWindowInMinutes"))
    return invalid(
        "MaximumWindowInMinutes must be provided when FlexibleTimeWindow Mode is FLEXIBLE.");
  if (!is_flexible && window.has("MaximumWindowInMinutes"))
    return invalid(
        "MaximumWindowInMinutes must not be provided when FlexibleTimeWindow Mode is OFF.");
  return {};
}

}  // namespace

Error invalid(std::string message) {
  return aws_error("ValidationException", std::move(message), 400);
}

Error missing(std::string message) {
  return aws_error("ResourceNotFoundException", std::move(message), 404);
}

std::string group_of(const Value& in) {
  return in.has("GroupName") ? in["GroupName"].as_string() : std::string(default_group);
}

std::string schedule_key(const std::string& group, const std::string& name) {
  return group + "/" + name;
}

std::string schedule_arn(const Call& call, const Value& schedule) {
  return call.arn("schedule/" + schedule_key(group_of(schedule), schedule["Name"].as_string()));
}

std::string group_arn(const Call& call, const std::string& name) {
  return call.arn("schedule-group/" + name);
}

Result<Value> find_group(Call& call, const std::string& name) {
  if (const Value* group = call.find("group", name)) return *group;
  return missing("Schedule group " + name + " does not exist.");
}

Result<Value> find_schedule(Call& call, const Value& in) {
  const std::string& name = in["Name"].as_string();
  if (const Value* found = call.find("schedule", schedule_key(group_of(in), name))) return *found;
  return missing("Schedule " + name + " does not exist.");
}

Status make_default_group(Call& call) {
  call.put("group", default_group,
           Value::map({{"Name", default_group},
                       {"State", "ACTIVE"},
                       {"CreationDate", call.now},
                       {"LastModificationDate", call.now},
                       {"_Tags", Value::list()}}));
  return {};
}

Status check_schedule(const Value& schedule) {
  const std::string& text = schedule["ScheduleExpression"].as_string();
  if (!schedules::Expression::parse(text, forms).has_value())
    return invalid("Invalid Schedule Expression " + text + ".");
  CHECK_OK(zone_of(schedule));
  CHECK_OK(check_window(schedule["FlexibleTimeWindow"]));
  if (schedule.has("StartDate") && schedule.has("EndDate") &&
      schedule["StartDate"].as_time() >= schedule["EndDate"].as_time())
    return invalid("The EndDate must be after the StartDate.");
  return check_target(schedule["Target"]);
}

std::optional<Time> next_time(const Value& schedule, Time after) {
  auto expression = schedules::Expression::parse(schedule["ScheduleExpression"].as_string(), forms);
  auto zone = zone_of(schedule);
  if (!expression.has_value() || !zone.has_value()) return std::nullopt;
  // One-time schedules have neither start nor end.
  if (expression->is_one_time()) return expression->next(after, {}, *zone);
  Time start = schedule["_Start"].as_time();
  auto next = expression->next(std::max(after, start + -1), start, *zone);
  if (next && schedule.has("EndDate") && *next > schedule["EndDate"].as_time()) return std::nullopt;
  return next;
}

void plan_next(Call& call, const Value& schedule, Time after) {
  call.cancel_timer(timer_of(schedule));
  if (schedule["State"].as_string() == "DISABLED") return;
  auto next = next_time(schedule, after);
  if (!next) {
    if (schedule["ActionAfterCompletion"].as_string() == "DELETE") remove_schedule(call, schedule);
    return;
  }
  int64_t window_ms = schedule["FlexibleTimeWindow"]["MaximumWindowInMinutes"].as_int() * minute_ms;
  int64_t shift_ms =
      window_ms > 0 ? static_cast<int64_t>(call.random.below(static_cast<uint64_t>(window_ms))) : 0;
  call.at(*next + shift_ms, "due",
          Value::map({{"Key", schedule_key(group_of(schedule), schedule["Name"].as_string())},
                      {"Due", *next}}),
          timer_of(schedule));
}

void remove_schedule(Call& call, const Value& schedule) {
  call.cancel_timer(timer_of(schedule));
  call.remove("schedule", schedule_key(group_of(schedule), schedule["Name"].as_string()));
}

}  // namespace mainstay::scheduler
