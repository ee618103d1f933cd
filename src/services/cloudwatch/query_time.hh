// The times and periods that queries ask for.
#pragma once

#include "services/cloudwatch/metric.hh"

namespace mainstay::cloudwatch {

// A start as CloudWatch takes it: down to the period below a minute, else to the minute, five or
// the hour by its age (GetMetricStatistics, "StartTime").
Time rounded_start(Time start, int64_t period_ms, Time now);
// Errors InvalidParameterValue: neither 1, 5, 10, 20, 30 nor a multiple of 60 seconds.
Status check_period(int64_t period_s);
Status check_times(Time start, Time end);

}  // namespace mainstay::cloudwatch
