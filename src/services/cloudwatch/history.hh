// What happened to alarms: table "history", by alarm and time, {AlarmName, AlarmType, Timestamp,
// HistoryItemType, HistorySummary, HistoryData}. Bounded: items_max an alarm, the oldest go.
#pragma once

#include <string>

#include "services/cloudwatch/alarm.hh"

namespace mainstay::cloudwatch {

// "2026-11-29T18:00:00.000+0000"
std::string aws_time(Time at);
// HistoryData of a StateUpdate.
Value state_update_data(const Value& before, const Value& after);
// The "configuration" of an alarm in events ("Sample events for alarms").
Value event_configuration(const Value& alarm);

}  // namespace mainstay::cloudwatch
