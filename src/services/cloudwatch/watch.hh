// When alarms look at their metrics: at whole minutes by the cloud's clock, or every ten seconds
// where their period is shorter than a minute. An alarm whose metrics have been silent for longer
// than it looks back has no timer until they speak again.
#pragma once

#include "services/cloudwatch/alarm.hh"

namespace mainstay::cloudwatch {

// Of a metric alarm that was put: the documents that find it by its metrics, and its timer.
void watch(Call& call, const Value& alarm);
void unwatch(Call& call, const Value& alarm);
// A metric has new data: the timers of the alarms that look at it.
void watch_again(Call& call, const MetricName& name);
void set_timer(Call& call, const Value& alarm);
// The metrics that an alarm looks at.
std::vector<MetricName> metrics_of(const Value& alarm);
int64_t period_s_of(const Value& alarm);

}  // namespace mainstay::cloudwatch
