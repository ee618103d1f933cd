#include "cloud/paging.hh"
#include "services/scheduler/handlers.hh"

namespace mainstay::scheduler {
namespace {

constexpr int64_t schedules_a_page = 100;
constexpr size_t schedules_max = 1'000'000;  // "Quotas for Amazon EventBridge Scheduler"

Value schedule_from(Call& call, const Value& in) {
  Value out = Value::map({{"Name", in["Name"]}, {"GroupName", group_of(in)}});
  for (const char* member : {"ScheduleExpression", "StartDate", "EndDate", "Description",
                             "KmsKeyArn", "Target", "FlexibleTimeWindow"})
    if (in.has(member)) out.set(member, in[member]);
  auto with_default = [&](const char* member, const char* otherwise) {
    out.set(member, in.has(member) ? in[member] : Value(otherwise));
  };
  with_default("ScheduleExpressionTimezone", "UTC");
  with_default("State", "ENABLED");
  with_default("ActionAfterCompletion", "NONE");
  if (in.has("ClientToken")) out.set("_Token", in["ClientToken"]);
  return out.set("_Start", in["StartDate"].as_time(call.now))
      .set("CreationDate", call.now)
      .set("LastModificationDate", call.now);
}

Value shown(Call& call, const Value& schedule) {
  Value out = Value::map({{"Arn", schedule_arn(call, schedule)}});
  for (const auto& [name, value] : schedule.members())
    if (!name.starts_with("_")) out.set(name, value);
  return out;
}

Value listed(Call& call, const Value& schedule) {
  Value out = Value::map({{"Arn", schedule_arn(call, schedule)}});
  for (const char* member : {"Name", "GroupName", "State", "CreationDate", "LastModificationDate"})
    out.set(member, schedule[member]);
  return out.set("Target", Value::map({{"Arn", schedule["Target"]["Arn"]}}));
}

Value kept(Call& call, const Value& schedule, Time after) {
  call.put("schedule", schedule_key(group_of(schedule), schedule["Name"].as_string()), schedule);
  plan_next(call, schedule, after);
  return Value::map({{"ScheduleArn", schedule_arn(call, schedule)}});
}

bool is_wanted(const Value& schedule, const Value& in) {
  if (in.has("State") && schedule["State"] != in["State"]) return false;
  return schedule["Name"].as_string().starts_with(in["NamePrefix"].as_string());
}

}  // namespace

Result<Value> create_schedule(Call& call, const Value& in) {
  CHECK_OK(find_group(call, group_of(in)));
  CHECK_OK(check_schedule(in));
  std::string key = schedule_key(group_of(in), in["Name"].as_string());
  if (const Value* found = call.find("schedule", key)) {
    if (in.has("ClientToken") && (*found)["_Token"] == in["ClientToken"])
      return Value::map({{"ScheduleArn", schedule_arn(call, *found)}});
    return aws_error("ConflictException", "Schedule " + in["Name"].as_string() + " already exists.",
                     409);
  }
  if (call.all("schedule").size() >= schedules_max)
    return aws_error("ServiceQuotaExceededException", "The quota of schedules is reached.", 402);
  // A rate that says no start begins at once.
  return kept(call, schedule_from(call, in), call.now + -1);
}

Result<Value> get_schedule(Call& call, const Value& in) {
  TRY(Value schedule, find_schedule(call, in));
  return shown(call, schedule);
}

Result<Value> update_schedule(Call& call, const Value& in) {
  TRY(Value before, find_schedule(call, in));
  CHECK_OK(check_schedule(in));
  Value schedule = schedule_from(call, in).set("CreationDate", before["CreationDate"]);
  bool same_rhythm = before["ScheduleExpression"] == schedule["ScheduleExpression"] &&
                     before["StartDate"] == schedule["StartDate"];
  if (same_rhythm) schedule.set("_Start", before["_Start"]);
  return kept(call, schedule, same_rhythm ? call.now : call.now + -1);
}

Result<Value> delete_schedule(Call& call, const Value& in) {
  TRY(Value schedule, find_schedule(call, in));
  remove_schedule(call, schedule);
  return Value::map({});
}

Result<Value> list_schedules(Call& call, const Value& in) {
  std::string prefix = in.has("GroupName") ? group_of(in) + "/" : "", from = prefix;
  if (in.has("GroupName")) CHECK_OK(find_group(call, group_of(in)));
  if (in.has("NextToken")) {
    auto position = cloud::read_token(in["NextToken"].as_string());
    if (!position) return invalid("Invalid NextToken.");
    from = *position;
  }
  auto count = static_cast<size_t>(in["MaxResults"].as_int(schedules_a_page));
  Value items = Value::list(), out = Value::map({});
  const auto& all = call.all("schedule");
  for (auto it = all.lower_bound(from); it != all.end() && it->first.starts_with(prefix); ++it) {
    if (!is_wanted(it->second, in)) continue;
    if (items.size() == count) {
      out.set("NextToken", cloud::make_token(it->first));
      break;
    }
    items.push_back(listed(call, it->second));
  }
  return out.set("Schedules", std::move(items));
}

}  // namespace mainstay::scheduler
