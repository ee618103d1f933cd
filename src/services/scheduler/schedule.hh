// Schedules as documents: table "schedule" by group and name, with the members of CreateSchedule,
// CreationDate, LastModificationDate, _Start (when a rate begins) and _Token. Groups: table
// "group" by name, {Name, State, CreationDate, LastModificationDate, _Tags}.
#pragma once

#include <optional>
#include <string>

#include "cloud/call.hh"

namespace mainstay::scheduler {

using cloud::Call;

inline constexpr std::string_view default_group = "default";
inline constexpr int64_t minute_ms = 60'000;

std::string group_of(const Value& in);  // GroupName, or the default one
std::string schedule_key(const std::string& group, const std::string& name);
std::string schedule_arn(const Call& call, const Value& schedule);
std::string group_arn(const Call& call, const std::string& name);
// Errors ResourceNotFoundException.
Result<Value> find_schedule(Call& call, const Value& in);
Result<Value> find_group(Call& call, const std::string& name);
Status make_default_group(Call& call);

// Error ValidationException.
Status check_schedule(const Value& schedule);
// The first time after `after`; nothing when it has run its course.
std::optional<Time> next_time(const Value& schedule, Time after);
// Sets the timer for it, or ends the schedule as ActionAfterCompletion says.
void plan_next(Call& call, const Value& schedule, Time after);
void remove_schedule(Call& call, const Value& schedule);

Error invalid(std::string message);
Error missing(std::string message);

}  // namespace mainstay::scheduler
