// GetMetricStatistics and ListMetrics.
#include <algorithm>

#include "cloud/paging.hh"
#include "services/cloudwatch/handlers.hh"
#include "services/cloudwatch/query_time.hh"
#include "services/cloudwatch/statistic.hh"

namespace mainstay::cloudwatch {
namespace {

constexpr int64_t datapoints_max = 1440;  // GetMetricStatistics
constexpr size_t metrics_a_page = 500;    // ListMetrics
constexpr int64_t listed_ms = 14 * day_ms, recent_ms = 3 * hour_ms;

Result<Value> datapoint_of(const Step& step, const Value& in) {
  Value out = Value::map({{"Timestamp", step.at}, {"Unit", step.unit}});
  for (const Value& name : in["Statistics"].items()) {
    TRY(Statistic statistic, Statistic::parse(name.as_string()));
    if (auto value = statistic.of(step.bucket)) out.set(name.as_string(), *value);
  }
  Value extended = Value::map({});
  for (const Value& name : in["ExtendedStatistics"].items()) {
    auto statistic = Statistic::parse(name.as_string());
    if (!statistic.has_value() || statistic->is_simple())
      return invalid_value("The value " + name.as_string() +
                           " for parameter ExtendedStatistics.member.1 is not supported.");
    if (auto value = statistic->of(step.bucket)) extended.set(name.as_string(), *value);
  }
  if (!extended.empty()) out.set("ExtendedStatistics", std::move(extended));
  return out;
}

bool has_dimension(const Value& metric, const Value& wanted) {
  const List& all = metric["Dimensions"].items();
  return std::any_of(all.begin(), all.end(), [&](const Value& d) {
    return d["Name"] == wanted["Name"] && (!wanted.has("Value") || d["Value"] == wanted["Value"]);
  });
}

bool is_listed(const Call& call, const Value& metric, const Value& in) {
  for (const char* member : {"Namespace", "MetricName"})
    if (in.has(member) && metric[member] != in[member]) return false;
  int64_t age_ms = call.now - metric["Last"].as_time();
  if (age_ms > (in.has("RecentlyActive") ? recent_ms : listed_ms)) return false;
  const List& wanted = in["Dimensions"].items();
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](const Value& d) { return has_dimension(metric, d); });
}

}  // namespace

Time rounded_start(Time start, int64_t period_ms, Time now) {
  int64_t age_ms = now - start;
  int64_t step_ms = age_ms > 63 * day_ms   ? hour_ms
                    : age_ms > 15 * day_ms ? 5 * minute_ms
                                           : std::min(minute_ms, period_ms);
  return Time{start.ms / step_ms * step_ms};
}

Status check_period(int64_t period_s) {
  bool is_fine =
      period_s == 1 || period_s == 5 || period_s == 10 || period_s == 20 || period_s == 30;
  if (is_fine || (period_s > 0 && period_s % 60 == 0)) return {};
  return invalid_value("The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.");
}

Status check_times(Time start, Time end) {
  if (start < end) return {};
  return invalid_value("The parameter StartTime must be less than the parameter EndTime.");
}

Result<Value> get_metric_statistics(Call& call, const Value& in) {
  int64_t period_s = in["Period"].as_int();
  CHECK_OK(check_times(in["StartTime"].as_time(), in["EndTime"].as_time()));
  CHECK_OK(check_period(period_s));
  if (in["Statistics"].empty() && in["ExtendedStatistics"].empty())
    return invalid_combination("Must specify either Statistics or ExtendedStatistics");
  Time start = rounded_start(in["StartTime"].as_time(), period_s * second_ms, call.now);
  Time end = in["EndTime"].as_time();
  int64_t asked = (end - start + period_s * second_ms - 1) / (period_s * second_ms);
  if (asked > datapoints_max)
    return invalid_combination(
        "You have requested up to " + std::to_string(asked) +
        " datapoints, which exceeds the limit of 1440. You may reduce the datapoints requested by "
        "increasing Period, or decreasing the time range.");
  Value points = Value::list();
  for (const Step& step : read_steps(call, metric_name_of(in), start, end, period_s * second_ms,
                                     in["Unit"].as_string())) {
    TRY(Value point, datapoint_of(step, in));
    points.push_back(std::move(point));
  }
  return Value::map({{"Label", in["MetricName"]}, {"Datapoints", std::move(points)}});
}

Result<Value> list_metrics(Call& call, const Value& in) {
  std::string from = in["Namespace"].as_string();
  std::string prefix = from.empty() ? "" : from + '\x01';
  from = prefix;
  if (in.has("NextToken")) {
    auto position = cloud::read_token(in["NextToken"].as_string());
    if (!position) return invalid_value("Invalid nextToken");
    from = *position;
  }
  Value metrics = Value::list(), out = Value::map({});
  const auto& all = call.all("metric");
  for (auto it = all.lower_bound(from); it != all.end() && it->first.starts_with(prefix); ++it) {
    const Value& metric = it->second;
    if (!is_listed(call, metric, in)) continue;
    if (metrics.size() == metrics_a_page) {
      out.set("NextToken", cloud::make_token(it->first));
      break;
    }
    metrics.push_back(Value::map({{"Namespace", metric["Namespace"]},
                                  {"MetricName", metric["MetricName"]},
                                  {"Dimensions", metric["Dimensions"]}}));
  }
  return out.set("Metrics", std::move(metrics));
}

}  // namespace mainstay::cloudwatch
