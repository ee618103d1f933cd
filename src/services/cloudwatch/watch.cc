#include "services/cloudwatch/watch.hh"

#include <algorithm>

#include "cloud/timers.hh"
#include "services/cloudwatch/evaluation.hh"
#include "services/cloudwatch/handlers.hh"
#include "services/cloudwatch/history.hh"
#include "services/cloudwatch/query.hh"

namespace mainstay::cloudwatch {
namespace {

constexpr int64_t tick_ms_fine = 10 * second_ms;
// What is looked back for beyond the evaluation periods: two datapoints as in the documentation's
// tables, and two minutes where periods are shorter than what standard metrics resolve.
constexpr int64_t more_periods = 2, more_s_fine = 120;

std::string timer_of(const std::string& alarm) {
  return "alarm/" + alarm;
}

std::string watch_key(const MetricName& name, const std::string& alarm) {
  return name.key() + '\x03' + alarm;
}

int64_t tick_ms_of(const Value& alarm) {
  return period_s_of(alarm) < 60 ? tick_ms_fine : minute_ms;
}

Criteria criteria_of(const Value& alarm) {
  Criteria out;
  out.comparison = alarm["ComparisonOperator"].as_string();
  out.threshold = alarm["Threshold"].as_real();
  out.periods = static_cast<size_t>(alarm["EvaluationPeriods"].as_int(1));
  out.to_alarm =
      static_cast<size_t>(alarm["DatapointsToAlarm"].as_int(static_cast<int64_t>(out.periods)));
  if (alarm.has("TreatMissingData")) out.missing = alarm["TreatMissingData"].as_string();
  return out;
}

struct Range {
  Time from, to;
  int64_t period_ms = 0;
  size_t count = 0;
};

// The evaluation range that ends at the last tick.
Range range_of(const Value& alarm, Time now) {
  int64_t period_s = period_s_of(alarm), tick_ms = tick_ms_of(alarm);
  int64_t more = period_s < 60 ? more_s_fine / period_s : more_periods;
  int64_t count = alarm["EvaluationPeriods"].as_int(1) + more;
  Time end{now.ms / tick_ms * tick_ms};
  return {end + -count * period_s * second_ms, end, period_s * second_ms,
          static_cast<size_t>(count)};
}

Result<std::vector<Sample>> samples_of(Call& call, const Value& alarm, const Range& range) {
  TRY(Series series, series_of_alarm(call, alarm, {range.from, range.to, range.period_ms}));
  std::vector<Sample> out;
  for (size_t i = 0; i < range.count; ++i) {
    Sample sample;
    sample.at = range.from + static_cast<int64_t>(i) * range.period_ms;
    if (auto point = series.points.find(sample.at); point != series.points.end()) {
      sample.value = point->second.value;
      sample.count = point->second.count;
    }
    out.push_back(sample);
  }
  return out;
}

Value reason_data(Call& call, const Value& alarm, const Verdict& verdict, const Range& range) {
  Value recent = Value::list(), evaluated = Value::list();
  for (auto it = verdict.evaluated.rbegin(); it != verdict.evaluated.rend(); ++it)
    recent.push_back(*it->value);
  for (const Sample& sample : verdict.evaluated)
    evaluated.push_back(Value::map({{"timestamp", aws_time(sample.at)},
                                    {"sampleCount", sample.count},
                                    {"value", *sample.value}}));
  if (verdict.evaluated.empty())
    for (int64_t i = 1; i <= alarm["EvaluationPeriods"].as_int(1); ++i)
      evaluated.push_back(Value::map({{"timestamp", aws_time(range.to + -i * range.period_ms)}}));
  Value out = Value::map({{"version", "1.0"}, {"queryDate", aws_time(call.now)}});
  if (!verdict.evaluated.empty()) out.set("startDate", aws_time(verdict.evaluated.back().at));
  if (alarm.has("Unit")) out.set("unit", alarm["Unit"]);
  if (alarm.has("Statistic")) out.set("statistic", alarm["Statistic"]);
  out.set("period", range.period_ms / second_ms).set("recentDatapoints", std::move(recent));
  out.set("threshold", alarm["Threshold"]);
  return out.set("evaluatedDatapoints", std::move(evaluated));
}

// Whether looking again could tell something else, as long as no new data comes.
bool is_settled(Call& call, const Value& alarm, const Range& range) {
  for (const MetricName& name : metrics_of(alarm)) {
    auto last = last_data(call, name);
    if (last && *last >= range.from) return false;
  }
  return true;
}

}  // namespace

std::vector<MetricName> metrics_of(const Value& alarm) {
  if (!alarm.has("Metrics")) return {metric_name_of(alarm)};
  std::vector<MetricName> out;
  for (const Value& query : alarm["Metrics"].items())
    if (query.has("MetricStat")) out.push_back(metric_name_of(query["MetricStat"]["Metric"]));
  return out;
}

int64_t period_s_of(const Value& alarm) {
  if (alarm.has("Period")) return std::max<int64_t>(alarm["Period"].as_int(), 1);
  int64_t period_s = 0;
  for (const Value& query : alarm["Metrics"].items()) {
    period_s = std::max(period_s, query["MetricStat"]["Period"].as_int());
    if (query["ReturnData"].as_bool(true) && query.has("Period"))
      return std::max<int64_t>(query["Period"].as_int(), 1);
  }
  return period_s > 0 ? period_s : 60;
}

void set_timer(Call& call, const Value& alarm) {
  const std::string& name = alarm["AlarmName"].as_string();
  if (call.find(cloud::Timers::table, timer_of(name))) return;
  int64_t tick_ms = tick_ms_of(alarm);
  call.at(Time{call.now.ms / tick_ms * tick_ms + tick_ms}, "evaluate", name, timer_of(name));
}

void watch(Call& call, const Value& alarm) {
  const std::string& name = alarm["AlarmName"].as_string();
  for (const MetricName& metric : metrics_of(alarm))
    call.put("watch", watch_key(metric, name), name);
  set_timer(call, alarm);
}

void unwatch(Call& call, const Value& alarm) {
  const std::string& name = alarm["AlarmName"].as_string();
  call.cancel_timer(timer_of(name));
  if (is_composite(alarm)) {
    for (const Value& part : alarm["_Parts"].items())
      call.remove("part", part.as_string() + '\x03' + name);
    call.cancel_timer("suppression/" + name);
    return;
  }
  for (const MetricName& metric : metrics_of(alarm)) call.remove("watch", watch_key(metric, name));
}

void watch_again(Call& call, const MetricName& name) {
  std::string prefix = name.key() + '\x03';
  std::vector<std::string> alarms;
  const auto& all = call.all("watch");
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it)
    alarms.push_back(it->second.as_string());
  for (const std::string& alarm : alarms)
    if (const Value* found = call.find("alarm", alarm)) set_timer(call, *found);
}

Status evaluate_alarm(Call& call, const Value& name) {
  const Value* found = call.find("alarm", name.as_string());
  if (!found || is_composite(*found)) return {};
  const Value alarm = *found;
  Range range = range_of(alarm, call.now);
  auto samples = samples_of(call, alarm, range);
  if (!samples.has_value()) {
    // Only a metric's unit, or a function that has no value of these data, can be behind it.
    change_state(call, alarm, "INSUFFICIENT_DATA", samples.error().message, Value());
    return {};
  }
  auto verdict = evaluate(criteria_of(alarm), *samples, alarm["StateValue"].as_string());
  if (!is_settled(call, alarm, range)) set_timer(call, alarm);
  if (verdict)
    change_state(call, alarm, verdict->state, verdict->reason,
                 reason_data(call, alarm, *verdict, range));
  return {};
}

}  // namespace mainstay::cloudwatch
