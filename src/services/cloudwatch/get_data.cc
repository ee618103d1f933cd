// GetMetricData.
#include <algorithm>

#include "base/text.hh"
#include "cloud/paging.hh"
#include "services/cloudwatch/handlers.hh"
#include "services/cloudwatch/query.hh"
#include "services/cloudwatch/query_time.hh"

namespace mainstay::cloudwatch {
namespace {

constexpr int64_t datapoints_a_page = 100'800;  // GetMetricData, "MaxDatapoints"

// A metric's label says what tells its query from the others (recorded answers).
struct Labels {
  bool with_stat = false, with_period = false;

  explicit Labels(const Value& queries) {
    const Value* first = nullptr;
    for (const Value& query : queries.items()) {
      const Value& stat = query["MetricStat"];
      if (!stat.is_map()) continue;
      if (!first) first = &stat;
      with_stat |= stat["Stat"] != (*first)["Stat"];
      with_period |= stat["Period"] != (*first)["Period"];
    }
  }
  std::string of(const Value& query, const Series& series) const {
    if (query.has("Label")) return query["Label"].as_string();
    const Value& stat = query["MetricStat"];
    if (!stat.is_map()) return query["Id"].as_string();
    return series.label + (with_stat ? " " + stat["Stat"].as_string() : "") +
           (with_period ? " " + stat["Period"].to_text() : "");
  }
};

Value messages_of(const Series& series) {
  if (series.units.size() < 2) return {};
  return Value::list(
      {Value::map({{"Code", "MultipleUnits"},
                   {"Value", "Multiple units returned: '[" + join(series.units, ", ") + "]'"}})});
}

// What a page may still hold, and what of the whole stands before it.
struct Budget {
  int64_t skip = 0, left = datapoints_a_page, taken = 0;
  bool is_over = false;
};

Value result_of(const Value& query, const Series& series, const Labels& labels, bool ascending,
                Budget& budget) {
  std::vector<std::pair<Time, double>> points;
  for (const auto& [at, point] : series.points) points.emplace_back(at, point.value);
  if (!ascending) std::reverse(points.begin(), points.end());
  Value times = Value::list(), values = Value::list();
  bool complete = true;
  for (const auto& [at, value] : points) {
    if (budget.skip > 0) {
      --budget.skip;
      continue;
    }
    if (budget.left == 0) {
      complete = false;
      break;
    }
    --budget.left;
    ++budget.taken;
    times.push_back(at);
    values.push_back(value);
  }
  budget.is_over |= !complete;
  Value out = Value::map({{"Id", query["Id"]},
                          {"Label", labels.of(query, series)},
                          {"Timestamps", std::move(times)},
                          {"Values", std::move(values)},
                          {"StatusCode", complete ? "Complete" : "PartialData"}});
  if (Value messages = messages_of(series); !messages.is_null())
    out.set("Messages", std::move(messages));
  return out;
}

}  // namespace

Result<Value> get_metric_data(Call& call, const Value& in) {
  Window window{in["StartTime"].as_time(), in["EndTime"].as_time(), minute_ms};
  if (window.from >= window.to)
    return validation_error("The parameter EndTime must be greater than StartTime.");
  Budget budget;
  budget.left =
      std::clamp<int64_t>(in["MaxDatapoints"].as_int(datapoints_a_page), 1, datapoints_a_page);
  if (in.has("NextToken")) {
    auto position = parse_int(cloud::read_token(in["NextToken"].as_string()).value_or(""));
    if (!position || *position < 0)
      return aws_error("InvalidNextToken", "The next token specified is invalid.");
    budget.skip = *position;
  }
  int64_t before = budget.skip;
  const Value& queries = in["MetricDataQueries"];
  TRY(std::vector<Answer> answers, answer_queries(call, queries, window));
  Labels labels(queries);
  bool ascending = in["ScanBy"].as_string() == "TimestampAscending";
  Value results = Value::list();
  for (const Answer& answer : answers) {
    if (!(*answer.query)["ReturnData"].as_bool(true)) continue;
    for (const Series& series : answer.series)
      results.push_back(result_of(*answer.query, series, labels, ascending, budget));
  }
  Value out = Value::map({{"MetricDataResults", std::move(results)}, {"Messages", Value::list()}});
  if (budget.is_over)
    out.set("NextToken", cloud::make_token(std::to_string(before + budget.taken)));
  return out;
}

}  // namespace mainstay::cloudwatch
