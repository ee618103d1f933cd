// Statistics by their names: "Average", "p99.9", "tm90", "TM(10%:90%)", "PR(:300)", "IQM".
// Source: "CloudWatch statistics definitions" of the user guide. Value type.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hh"
#include "services/cloudwatch/bucket.hh"

namespace mainstay::cloudwatch {

class Statistic {
 public:
  // Error "StatisticInvalid".
  static Result<Statistic> parse(std::string_view name);
  // Of a bucket that has values. Nothing where only the values' distribution could tell and the
  // bucket has none.
  std::optional<double> of(const Bucket& bucket) const;
  bool is_simple() const { return kind_ <= Kind::maximum; }

 private:
  enum class Kind {
    count,
    average,
    sum,
    minimum,
    maximum,
    percentile,
    trimmed_mean,
    trimmed_count,
    trimmed_sum,
    winsorized_mean,
    percentile_rank
  };
  // An end of what is looked at: a share of the values, or a value.
  struct Bound {
    double at = 0;
    bool is_percent = true;
  };
  struct Row;
  static std::optional<Bound> read_bound(std::string_view text, double otherwise);
  static Result<Statistic> parse_range(std::string_view name, Kind kind, std::string_view inner);

  Kind kind_ = Kind::average;
  Bound low_{0}, high_{100};
};

}  // namespace mainstay::cloudwatch
