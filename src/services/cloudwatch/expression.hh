// Metric math: SUM(METRICS()) / 2, IF(m1 > 5, m1), RATE(m2), FILL(m1, 0).
//
// Source: "Using math expressions with CloudWatch metrics" of the user guide: its operators and the
// functions of the table in expression_functions.cc. SEARCH, ANOMALY_DETECTION_BAND, INSIGHT_RULE
// and the other functions are refused. Parsed once, then immutable. Limits: text_max, depth_max.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.hh"
#include "base/time.hh"

namespace mainstay::cloudwatch {

using Points = std::map<Time, double>;
// A series with the name it has in its request ("" of a result).
struct MathSeries {
  std::string id;
  Points points;
  int64_t period_ms = 60'000;
};
using MathValue = std::variant<double, MathSeries, std::vector<MathSeries>>;

struct MathNode {
  enum class Kind { number, text, id, call };
  Kind kind = Kind::number;
  double number = 0;
  std::string name;  // of an id, a function, an operator ("+", "<=", "AND", "negate", "list"); text
  std::vector<std::unique_ptr<MathNode>> parts;
};

// What an expression is evaluated with.
struct MathScope {
  std::map<std::string, MathValue> values;  // by id
  std::vector<MathSeries> metrics;          // of METRICS(): those that are no expressions
  Time from, to;
  int64_t period_ms = 60'000;
};

class Expression {
 public:
  static constexpr size_t text_max = 1024;
  static constexpr int depth_max = 64;

  // Error ValidationError, with the place.
  static Result<Expression> parse(std::string_view text);
  // The ids that it uses. METRICS() uses all metrics.
  std::vector<std::string> ids() const;
  Result<MathValue> evaluate(const MathScope& scope) const;

 private:
  std::shared_ptr<const MathNode> root_;
};

// expression_functions.cc
bool is_math_function(std::string_view name);
Result<MathValue> call_math(const MathNode& node, std::vector<MathValue> arguments,
                            const MathScope& scope);
Error math_error(std::string message);

}  // namespace mainstay::cloudwatch
