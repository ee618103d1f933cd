// What GetMetricData's queries and alarms ask for: series of a metric's statistic, and of
// expressions over them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "services/cloudwatch/metric.hh"

namespace mainstay::cloudwatch {

struct Point {
  double value = 0;
  double count = 0;  // of the values behind it, 0 of an expression's
};
struct Series {
  std::map<Time, Point> points;
  std::string label;
  std::vector<std::string> units;  // that the metric had, where the query names none
};
struct Window {
  Time from, to;
  int64_t period_ms;  // of a query that has none of its own
};

// Of one MetricStat. Errors: the statistic, the period.
Result<Series> series_of_stat(const Call& call, const Value& stat, const Window& window);

// All queries of a request, in its order: those that are expressions may use the others by their
// ids. Errors ValidationError: unknown ids, circles, what an expression does not say.
struct Answer {
  const Value* query;
  std::vector<Series> series;  // one, or those of an expression that gives several
  int64_t period_ms = 0;
};
Result<std::vector<Answer>> answer_queries(const Call& call, const Value& queries,
                                           const Window& window);

// What an alarm looks at: its metric, or the one of its queries that returns data.
Result<Series> series_of_alarm(const Call& call, const Value& alarm, const Window& window);

// Checks queries without data, as PutMetricAlarm and GetMetricData do.
Status check_queries(const Value& queries);

}  // namespace mainstay::cloudwatch
