// The functions and operators of metric math, as a table.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <set>

#include "base/text.hh"
#include "services/cloudwatch/expression.hh"

namespace mainstay::cloudwatch {
namespace {

using Arguments = std::vector<MathValue>;
using Many = std::vector<MathSeries>;

const MathSeries* as_series(const MathValue& value) {
  return std::get_if<MathSeries>(&value);
}

// All series of an argument.
Many series_in(const MathValue& value) {
  if (const auto* many = std::get_if<Many>(&value)) return *many;
  if (const auto* one = as_series(value)) return {*one};
  return {};
}

// Of each series its own; of a number the number's.
MathValue map_points(const MathValue& value, const std::function<double(double)>& change) {
  if (const auto* number = std::get_if<double>(&value)) return change(*number);
  Many out = series_in(value);
  for (MathSeries& series : out)
    for (auto& [at, v] : series.points) v = change(v);
  if (as_series(value)) return std::move(out[0]);
  return out;
}

double apply(const std::string& op, double a, double b) {
  if (op == "+") return a + b;
  if (op == "-") return a - b;
  if (op == "*") return a * b;
  if (op == "/") return a / b;
  if (op == "^") return std::pow(a, b);
  if (op == "<") return a < b;
  if (op == ">") return a > b;
  if (op == "<=") return a <= b;
  if (op == ">=") return a >= b;
  if (op == "==") return a == b;
  if (op == "!=") return a != b;
  return op == "AND" ? a != 0 && b != 0 : a != 0 || b != 0;
}

// Points that both have; a division by zero has none.
MathSeries combine(const std::string& op, const MathSeries& a, const MathSeries& b) {
  MathSeries out{"", {}, a.period_ms};
  for (const auto& [at, v] : a.points)
    if (auto other = b.points.find(at); other != b.points.end()) {
      double result = apply(op, v, other->second);
      if (std::isfinite(result)) out.points[at] = result;
    }
  return out;
}

MathSeries combine(const std::string& op, const MathSeries& a, double b, bool swapped) {
  MathSeries out{"", {}, a.period_ms};
  for (const auto& [at, v] : a.points) {
    double result = swapped ? apply(op, b, v) : apply(op, v, b);
    if (std::isfinite(result)) out.points[at] = result;
  }
  return out;
}

Result<MathValue> combine_values(const std::string& op, const MathValue& a, const MathValue& b) {
  const auto *x = std::get_if<double>(&a), *y = std::get_if<double>(&b);
  if (x && y) {
    double result = apply(op, *x, *y);
    if (!std::isfinite(result)) return math_error("A number is divided by zero.");
    return MathValue(result);
  }
  bool both_many = std::holds_alternative<Many>(a) && std::holds_alternative<Many>(b);
  if (both_many) return math_error("Two lists of series can't be combined with '" + op + "'.");
  Many out;
  for (const MathSeries& series : x ? series_in(b) : series_in(a)) {
    if (x) {
      out.push_back(combine(op, series, *x, true));
    } else if (y) {
      out.push_back(combine(op, series, *y, false));
    } else {
      for (const MathSeries& other : series_in(b)) out.push_back(combine(op, series, other));
    }
  }
  bool is_many = std::holds_alternative<Many>(a) || std::holds_alternative<Many>(b);
  if (!is_many && out.size() == 1) return MathValue(std::move(out[0]));
  return MathValue(std::move(out));
}

using Reduce = std::function<double(const std::vector<double>&)>;

double sum_of(const std::vector<double>& v) {
  double out = 0;
  for (double x : v) out += x;
  return out;
}
double mean_of(const std::vector<double>& v) {
  return sum_of(v) / static_cast<double>(v.size());
}
double deviation_of(const std::vector<double>& v) {
  double mean = mean_of(v), squares = 0;
  for (double x : v) squares += (x - mean) * (x - mean);
  return std::sqrt(squares / static_cast<double>(v.size()));
}
double least_of(const std::vector<double>& v) {
  return *std::min_element(v.begin(), v.end());
}
double most_of(const std::vector<double>& v) {
  return *std::max_element(v.begin(), v.end());
}

// Of one series a number; of several a series, point by point.
Result<MathValue> reduce(const MathValue& value, double (*of)(const std::vector<double>&)) {
  if (const auto* one = as_series(value)) {
    std::vector<double> all;
    for (const auto& [at, v] : one->points) all.push_back(v);
    return MathValue(all.empty() ? 0.0 : of(all));
  }
  const auto* many = std::get_if<Many>(&value);
  if (!many) return value;
  std::map<Time, std::vector<double>> by_time;
  MathSeries out{"", {}, many->empty() ? 60'000 : (*many)[0].period_ms};
  for (const MathSeries& series : *many)
    for (const auto& [at, v] : series.points) by_time[at].push_back(v);
  for (const auto& [at, all] : by_time) out.points[at] = of(all);
  return MathValue(std::move(out));
}

// From each point and the one before it; the first has none.
MathValue from_neighbours(const MathValue& value,
                          const std::function<double(Time, double, Time, double)>& of) {
  Many out;
  for (const MathSeries& series : series_in(value)) {
    MathSeries next{series.id, {}, series.period_ms};
    for (auto it = series.points.begin(); it != series.points.end(); ++it)
      if (it != series.points.begin()) {
        auto before = std::prev(it);
        next.points[it->first] = of(before->first, before->second, it->first, it->second);
      }
    out.push_back(std::move(next));
  }
  if (as_series(value)) return std::move(out[0]);
  return out;
}

constexpr double seconds_of(int64_t ms) {
  return static_cast<double>(ms) / 1000;
}

MathSeries filled(const MathSeries& series, const MathScope& scope, const std::string& how,
                  const MathValue* with) {
  MathSeries out = series;
  if (how != "LINEAR") {
    std::optional<double> last;
    for (Time at = scope.from; at < scope.to; at = at + series.period_ms) {
      auto found = out.points.find(at);
      if (found != out.points.end()) {
        last = found->second;
      } else if (how == "REPEAT") {
        if (last) out.points[at] = *last;
      } else if (const auto* number = std::get_if<double>(with)) {
        out.points[at] = *number;
      } else if (const auto* other = as_series(*with)) {
        if (auto p = other->points.find(at); p != other->points.end()) out.points[at] = p->second;
      }
    }
    return out;
  }
  for (auto it = series.points.begin(); it != series.points.end(); ++it) {
    auto next = std::next(it);
    if (next == series.points.end()) break;
    double slope = (next->second - it->second) / static_cast<double>(next->first - it->first);
    for (Time at = it->first + series.period_ms; at < next->first; at = at + series.period_ms)
      out.points[at] = it->second + slope * static_cast<double>(at - it->first);
  }
  return out;
}

Result<MathValue> fill(const MathNode& node, const Arguments& in, const MathScope& scope) {
  if (node.parts.size() != 2 || in.empty()) return math_error("FILL takes a metric and a filling.");
  const std::string& how = node.parts[1]->name;
  const MathValue* with = in.size() > 1 ? &in[1] : nullptr;
  if (!with && how != "REPEAT" && how != "LINEAR")
    return math_error("FILL fills with REPEAT, LINEAR, a number or a metric.");
  Many out;
  for (const MathSeries& series : series_in(in[0])) out.push_back(filled(series, scope, how, with));
  if (as_series(in[0]) && !out.empty()) return MathValue(std::move(out[0]));
  return MathValue(std::move(out));
}

std::optional<double> value_at(const MathValue& value, Time at) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* series = as_series(value))
    if (auto found = series->points.find(at); found != series->points.end()) return found->second;
  return std::nullopt;
}

Result<MathValue> choose(const MathNode&, const Arguments& in, const MathScope& scope) {
  if (in.size() != 2 && in.size() != 3) return math_error("IF takes two or three arguments.");
  for (const MathValue& value : in)
    if (std::holds_alternative<Many>(value)) return math_error("IF takes no list of series.");
  const auto* number = std::get_if<double>(&in[0]);
  if (number && in.size() == 3) return in[*number != 0 ? 1 : 2];
  std::set<Time> times;
  for (const MathValue& value : in)
    if (const auto* series = as_series(value))
      for (const auto& [at, v] : series->points) times.insert(at);
  MathSeries out{"", {}, scope.period_ms};
  for (Time at : times) {
    auto condition = value_at(in[0], at);
    if (!condition) continue;
    std::optional<double> value;
    if (*condition != 0)
      value = value_at(in[1], at);
    else if (in.size() == 3)
      value = value_at(in[2], at);
    if (value) out.points[at] = *value;
  }
  return MathValue(std::move(out));
}

Result<MathValue> metrics(const MathNode& node, const Arguments&, const MathScope& scope) {
  if (node.parts.empty()) return MathValue(scope.metrics);
  Many out;
  for (const MathSeries& series : scope.metrics)
    if (series.id.contains(node.parts[0]->name)) out.push_back(series);
  return MathValue(std::move(out));
}

struct Function {
  std::string_view name;
  size_t least, most;  // arguments
  Result<MathValue> (*call)(const MathNode&, const Arguments&, const MathScope&);
};

using AsNode = const MathNode&;
using In = const Arguments&;
using AsScope = const MathScope&;

template <double (*of)(const std::vector<double>&)>
Result<MathValue> reducing(AsNode, In in, AsScope) {
  return reduce(in[0], of);
}

template <double (*of)(double)>
Result<MathValue> pointwise(AsNode, In in, AsScope) {
  return map_points(in[0], of);
}

Result<MathValue> first_or_last(In in, bool first) {
  const auto* many = std::get_if<Many>(&in[0]);
  if (many && !many->empty()) return MathValue(first ? many->front() : many->back());
  const auto* one = as_series(in[0]);
  if (!one || one->points.empty()) return MathValue(0.0);
  return MathValue(first ? one->points.begin()->second : std::prev(one->points.end())->second);
}

Result<MathValue> running_sum(AsNode, In in, AsScope) {
  Many out = series_in(in[0]);
  for (MathSeries& series : out) {
    double sum = 0;
    for (auto& [at, v] : series.points) v = sum += v;
  }
  if (as_series(in[0])) return MathValue(std::move(out[0]));
  return MathValue(std::move(out));
}

Result<MathValue> calendar(In in, size_t from, size_t length) {
  Many out = series_in(in[0]);
  for (MathSeries& series : out)
    for (auto& [at, v] : series.points)
      v = parse_real(format_iso8601(at).substr(from, length)).value_or(0);
  if (as_series(in[0])) return MathValue(std::move(out[0]));
  return MathValue(std::move(out));
}

Result<MathValue> time_series(AsNode, In in, AsScope scope) {
  const auto* number = std::get_if<double>(&in[0]);
  if (!number) return math_error("TIME_SERIES takes a number.");
  MathSeries out{"", {}, scope.period_ms};
  for (Time at = scope.from; at < scope.to; at = at + scope.period_ms) out.points[at] = *number;
  return MathValue(std::move(out));
}

double ceiling(double v) {
  return std::ceil(v);
}
double absolute(double v) {
  return std::abs(v);
}
double lower(double v) {
  return std::floor(v);
}
double natural_log(double v) {
  return std::log(v);
}
double decimal_log(double v) {
  return std::log10(v);
}

const Function functions[] = {
    {"ABS", 1, 1, pointwise<absolute>},
    {"AVG", 1, 1, reducing<mean_of>},
    {"CEIL", 1, 1, pointwise<ceiling>},
    {"DATAPOINT_COUNT", 1, 1,
     [](AsNode, In in, AsScope) {
       return reduce(in[0], [](const std::vector<double>& v) { return double(v.size()); });
     }},
    {"DATE", 1, 1, [](AsNode, In in, AsScope) { return calendar(in, 8, 2); }},
    {"DIFF", 1, 1,
     [](AsNode, In in, AsScope) -> Result<MathValue> {
       return from_neighbours(in[0], [](Time, double a, Time, double b) { return b - a; });
     }},
    {"DIFF_TIME", 1, 1,
     [](AsNode, In in, AsScope) -> Result<MathValue> {
       return from_neighbours(in[0],
                              [](Time a, double, Time b, double) { return seconds_of(b - a); });
     }},
    {"FILL", 1, 2, fill},
    {"FIRST", 1, 1, [](AsNode, In in, AsScope) { return first_or_last(in, true); }},
    {"FLOOR", 1, 1, pointwise<lower>},
    {"HOUR", 1, 1, [](AsNode, In in, AsScope) { return calendar(in, 11, 2); }},
    {"IF", 2, 3, choose},
    {"LAST", 1, 1, [](AsNode, In in, AsScope) { return first_or_last(in, false); }},
    {"LOG", 1, 1, pointwise<natural_log>},
    {"LOG10", 1, 1, pointwise<decimal_log>},
    {"MAX", 1, 1, reducing<most_of>},
    {"METRICS", 0, 0, metrics},
    {"METRIC_COUNT", 1, 1,
     [](AsNode, In in, AsScope) -> Result<MathValue> { return double(series_in(in[0]).size()); }},
    {"MIN", 1, 1, reducing<least_of>},
    {"MINUTE", 1, 1, [](AsNode, In in, AsScope) { return calendar(in, 14, 2); }},
    {"MONTH", 1, 1, [](AsNode, In in, AsScope) { return calendar(in, 5, 2); }},
    {"PERIOD", 1, 1,
     [](AsNode, In in, AsScope scope) -> Result<MathValue> {
       const auto* one = as_series(in[0]);
       return seconds_of(one ? one->period_ms : scope.period_ms);
     }},
    {"RATE", 1, 1,
     [](AsNode, In in, AsScope) -> Result<MathValue> {
       return from_neighbours(
           in[0], [](Time a, double x, Time b, double y) { return (y - x) / seconds_of(b - a); });
     }},
    {"RUNNING_SUM", 1, 1, running_sum},
    {"STDDEV", 1, 1, reducing<deviation_of>},
    {"SUM", 1, 1, reducing<sum_of>},
    {"TIME_SERIES", 1, 1, time_series},
    {"YEAR", 1, 1, [](AsNode, In in, AsScope) { return calendar(in, 0, 4); }}};

}  // namespace

bool is_math_function(std::string_view name) {
  return std::any_of(std::begin(functions), std::end(functions),
                     [&](const Function& f) { return f.name == name; });
}

Result<MathValue> call_math(const MathNode& node, std::vector<MathValue> in,
                            const MathScope& scope) {
  if (node.name == "list") {
    Many out;
    for (const MathValue& value : in)
      for (MathSeries& series : series_in(value)) out.push_back(std::move(series));
    return MathValue(std::move(out));
  }
  if (node.name == "negate") return map_points(in[0], [](double v) { return -v; });
  for (const Function& f : functions)
    if (f.name == node.name) {
      if (in.size() < f.least || in.size() > f.most)
        return math_error("The number of arguments of " + node.name + " is wrong.");
      return f.call(node, in, scope);
    }
  return combine_values(node.name, in[0], in[1]);
}

}  // namespace mainstay::cloudwatch
