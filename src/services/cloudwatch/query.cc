#include "services/cloudwatch/query.hh"

#include <algorithm>
#include <functional>
#include <set>

#include "services/cloudwatch/expression.hh"
#include "services/cloudwatch/query_time.hh"
#include "services/cloudwatch/statistic.hh"

namespace mainstay::cloudwatch {
namespace {

constexpr size_t queries_max = 500;  // GetMetricData

const Value* query_of(const Value& queries, const std::string& id) {
  for (const Value& query : queries.items())
    if (query["Id"].as_string() == id) return &query;
  return nullptr;
}

Points points_of(const Series& series) {
  Points out;
  for (const auto& [at, point] : series.points) out[at] = point.value;
  return out;
}

Series series_from(const MathSeries& math) {
  Series out;
  for (const auto& [at, value] : math.points) out.points[at] = {value, 0};
  out.label = math.id;
  return out;
}

// The queries of one request, answered as each other needs them.
class Answers {
 public:
  Answers(const Call& call, const Value& queries, const Window& window)
      : call_(call), queries_(queries), window_(window) {}

  Result<std::vector<Answer>> all() {
    for (const Value& query : queries_.items())
      if (query.has("MetricStat")) CHECK_OK(answer(query));
    for (const Value& query : queries_.items()) CHECK_OK(answer(query));
    std::vector<Answer> out;
    for (const Value& query : queries_.items()) out.push_back(answers_.at(query["Id"].as_string()));
    return out;
  }

 private:
  Status answer(const Value& query) {
    const std::string& id = query["Id"].as_string();
    if (answers_.contains(id)) return {};
    if (!under_way_.insert(id).second)
      return math_error("The expression of " + id + " uses itself.");
    Status done = query.has("MetricStat") ? answer_stat(query) : answer_expression(query);
    under_way_.erase(id);
    return done;
  }

  Status answer_stat(const Value& query) {
    const Value& stat = query["MetricStat"];
    TRY(Series series, series_of_stat(call_, stat, window_));
    int64_t period_ms = stat["Period"].as_int() * second_ms;
    scope_.metrics.push_back({query["Id"].as_string(), points_of(series), period_ms});
    scope_.values[query["Id"].as_string()] = scope_.metrics.back();
    answers_[query["Id"].as_string()] = {&query, {std::move(series)}, period_ms};
    return {};
  }

  int64_t period_of(const Value& query) const {
    if (query.has("Period")) return query["Period"].as_int() * second_ms;
    int64_t period_ms = 0;
    for (const MathSeries& metric : scope_.metrics)
      period_ms = std::max(period_ms, metric.period_ms);
    return period_ms > 0 ? period_ms : window_.period_ms;
  }

  Status answer_expression(const Value& query) {
    TRY(Expression expression, Expression::parse(query["Expression"].as_string()));
    for (const std::string& id : expression.ids()) {
      const Value* used = query_of(queries_, id);
      if (!used)
        return math_error("Undefined id " + id + " in the expression of " +
                          query["Id"].as_string());
      CHECK_OK(answer(*used));
    }
    scope_.period_ms = period_of(query);
    scope_.from = rounded_start(window_.from, scope_.period_ms, call_.now);
    scope_.to = window_.to;
    TRY(MathValue value, expression.evaluate(scope_));
    const std::string& id = query["Id"].as_string();
    if (std::holds_alternative<double>(value))
      return math_error("The expression of " + id + " gives a number, not a time series.");
    Answer out{&query, {}, scope_.period_ms};
    if (auto* one = std::get_if<MathSeries>(&value)) {
      one->id = id;
      out.series.push_back(series_from(*one));
      scope_.values[id] = std::move(*one);
    } else {
      auto& many = std::get<std::vector<MathSeries>>(value);
      for (const MathSeries& series : many) out.series.push_back(series_from(series));
      scope_.values[id] = std::move(many);
    }
    answers_[id] = std::move(out);
    return {};
  }

  const Call& call_;
  const Value& queries_;
  const Window& window_;
  MathScope scope_;
  std::map<std::string, Answer> answers_;
  std::set<std::string> under_way_;
};

}  // namespace

Result<Series> series_of_stat(const Call& call, const Value& stat, const Window& window) {
  int64_t period_s = stat["Period"].as_int();
  CHECK_OK(check_period(period_s));
  auto statistic = Statistic::parse(stat["Stat"].as_string());
  if (!statistic.has_value())
    return validation_error("The value '" + stat["Stat"].as_string() +
                            "' for parameter Stat is not supported.");
  Series out;
  const Value& metric = stat["Metric"];
  out.label = metric["MetricName"].as_string();
  Time from = rounded_start(window.from, period_s * second_ms, call.now);
  std::vector<Step> steps = read_steps(call, metric_name_of(metric), from, window.to,
                                       period_s * second_ms, stat["Unit"].as_string());
  for (const Step& step : steps)
    if (std::find(out.units.begin(), out.units.end(), step.unit) == out.units.end())
      out.units.push_back(step.unit);
  std::sort(out.units.begin(), out.units.end());
  for (const Step& step : steps) {
    if (step.unit != out.units[0]) continue;
    if (auto value = statistic->of(step.bucket)) out.points[step.at] = {*value, step.bucket.count};
  }
  return out;
}

Result<std::vector<Answer>> answer_queries(const Call& call, const Value& queries,
                                           const Window& window) {
  CHECK_OK(check_queries(queries));
  return Answers(call, queries, window).all();
}

Result<Series> series_of_alarm(const Call& call, const Value& alarm, const Window& window) {
  if (!alarm.has("Metrics")) {
    Value stat = Value::map({{"Metric", alarm}, {"Period", alarm["Period"]}});
    stat.set("Stat", alarm.has("Statistic") ? alarm["Statistic"] : alarm["ExtendedStatistic"]);
    if (alarm.has("Unit")) stat.set("Unit", alarm["Unit"]);
    return series_of_stat(call, stat, window);
  }
  TRY(std::vector<Answer> answers, answer_queries(call, alarm["Metrics"], window));
  for (Answer& answer : answers)
    if ((*answer.query)["ReturnData"].as_bool(true) && answer.series.size() == 1)
      return std::move(answer.series[0]);
  return validation_error("The alarm's expression gives no single time series.");
}

Status check_queries(const Value& queries) {
  std::set<std::string> ids;
  if (queries.size() > queries_max)
    return validation_error(
        "The collection MetricDataQueries must not have a size greater than 500.");
  for (const Value& query : queries.items()) {
    const std::string& id = query["Id"].as_string();
    if (id.empty() || id[0] < 'a' || id[0] > 'z')
      return validation_error("The value " + id +
                              " for parameter MetricDataQueries.member.1.Id is "
                              "not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.");
    if (!ids.insert(id).second)
      return validation_error("The values for parameter id in MetricDataQueries are not unique.");
    if (query.has("MetricStat") == query.has("Expression"))
      return validation_error(
          "Only one of Expression or MetricStat must be provided in each MetricDataQuery.");
    if (query.has("AccountId")) return not_implemented("metrics of other accounts");
    if (query.has("MetricStat")) {
      CHECK_OK(check_period(query["MetricStat"]["Period"].as_int()));
      auto statistic = Statistic::parse(query["MetricStat"]["Stat"].as_string());
      if (!statistic.has_value())
        return validation_error("The value '" + query["MetricStat"]["Stat"].as_string() +
                                "' for parameter Stat is not supported.");
    } else {
      CHECK_OK(Expression::parse(query["Expression"].as_string()));
    }
  }
  return {};
}

}  // namespace mainstay::cloudwatch
