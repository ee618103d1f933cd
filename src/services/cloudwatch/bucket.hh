// What is kept of the values that a metric had within a second, a minute, five or an hour.
// Pure; threads: as its owner's. Limit: values_max different values, beyond which they are rounded
// to within one percent, as percentiles need no more.
#pragma once

#include <map>

#include "base/value.hh"

namespace mainstay::cloudwatch {

struct Bucket {
  static constexpr size_t values_max = 200;

  double count = 0, sum = 0, least = 0, most = 0;
  // How often each value came; not known (false) where a statistic set said only the sums.
  std::map<double, double> values;
  bool has_values = true;

  bool empty() const { return count == 0; }
  void add(double value, double times);
  void add_set(double set_count, double set_sum, double set_least, double set_most);
  void add(const Bucket& other);

  Value document() const;
  static Bucket from_document(const Value& document);

 private:
  void add_sums(double n, double total, double low, double high);
  void add_value(double value, double times);
};

}  // namespace mainstay::cloudwatch
