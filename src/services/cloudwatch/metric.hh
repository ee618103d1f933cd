// Metrics as documents. Table "metric" by namespace, name and dimensions: {Namespace, MetricName,
// Dimensions, Id, Last (of its newest data)}. Table "data/ID" has its buckets, by tier, time and
// unit: each datum stands in one of them, in the tier of its age.
//
// Tiers as AWS keeps data ("Metrics retention"): of a second for three hours (high resolution
// alone), of a minute for 15 days, of five for 63, of an hour for 455. What is too old for its tier
// moves to the next one while new data comes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cloud/call.hh"
#include "services/cloudwatch/bucket.hh"

namespace mainstay::cloudwatch {

using cloud::Call;

inline constexpr int64_t second_ms = 1000, minute_ms = 60 * second_ms;
inline constexpr int64_t hour_ms = 60 * minute_ms, day_ms = 24 * hour_ms;

struct MetricName {
  Value space, name, dimensions;  // Namespace, MetricName, [{Name, Value}]
  std::string key() const;        // dimensions in any order make one key
};
MetricName metric_name_of(const Value& members);

// A datum's values go into the metric's bucket of that time; the metric is made where it is new.
// Error "LimitExceeded": metrics_max in an account and region.
Status add_data(Call& call, const MetricName& name, const std::string& unit, Time at,
                bool is_high_resolution, const Bucket& data);

// What a metric had in [from, to), in steps of a period, by unit; steps without data are left out.
// unit "": all of them.
struct Step {
  Time at;
  std::string unit;
  Bucket bucket;
};
std::vector<Step> read_steps(const Call& call, const MetricName& name, Time from, Time to,
                             int64_t period_ms, const std::string& unit);
// Of the newest data; nothing where there is no such metric.
std::optional<Time> last_data(const Call& call, const MetricName& name);

Error invalid_value(std::string message);
Error invalid_combination(std::string message);
Error validation_error(std::string message);
Error not_implemented(std::string_view what);

}  // namespace mainstay::cloudwatch
