// Alarms as documents: table "alarm" by name, with the members of the model's MetricAlarm or
// CompositeAlarm, and _Type ("MetricAlarm", "CompositeAlarm"), _Tags. Table "watch" has a document
// for every metric that a metric alarm looks at, and table "part" one for every alarm that a
// composite one speaks of, so that a change finds who cares.
#pragma once

#include <string>
#include <vector>

#include "services/cloudwatch/metric.hh"

namespace mainstay::cloudwatch {

std::string alarm_arn(const Call& call, const std::string& name);
// The name in an ARN, or the name itself.
std::string alarm_name_of(const std::string& name_or_arn);
// Error ResourceNotFound, without words, as AWS answers it.
Result<Value> find_alarm(Call& call, const std::string& name);
bool is_composite(const Value& alarm);
void put_alarm(Call& call, const Value& alarm);
void remove_alarm(Call& call, const Value& alarm);
// What all alarms begin with; the state of one that is there already stays.
Value new_alarm(Call& call, const Value& in, const char* type,
                std::initializer_list<const char*> members);
Status check_actions(const Value& in);

// The alarm is now in another state: it is put, remembered in its history, told to whom its actions
// say, and the composite alarms that speak of it look again.
void change_state(Call& call, Value alarm, const std::string& state, const std::string& reason,
                  const Value& reason_data);

// history.cc
void add_history(Call& call, const Value& alarm, const char* type, const std::string& summary,
                 const Value& data);
void forget_history(Call& call, const std::string& name);
// action.cc: what an alarm does in its state.
void act(Call& call, const Value& alarm, const Value& before);
// composite_api.cc: those that speak of an alarm, and those whose actions it holds back.
void look_at_composites(Call& call, const std::string& name);
// Whether the actions of a composite alarm are held back for now; then it is told later.
bool is_held_back(Call& call, Value& alarm, const Value& before);

}  // namespace mainstay::cloudwatch
