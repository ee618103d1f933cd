// PutMetricData.
#include <algorithm>
#include <array>
#include <cmath>

#include "services/cloudwatch/handlers.hh"
#include "services/cloudwatch/watch.hh"

namespace mainstay::cloudwatch {
namespace {

// MetricDatum, and "Amazon CloudWatch service quotas": values a datum, data a request, dimensions.
constexpr size_t values_max = 150, data_max = 1000, dimensions_max = 30;
constexpr int64_t past_max_ms = 14 * day_ms, future_max_ms = 2 * hour_ms;
// "Values must be in the range of -2^360 to 2^360."
const double number_max = std::ldexp(1.0, 360);

Status check_number(const std::string& where, double number) {
  if (std::isnan(number) || std::isinf(number))
    return invalid_value("The value " + std::string(std::isnan(number) ? "NaN" : "Infinity") +
                         " for parameter " + where + " is invalid.");
  if (std::abs(number) > number_max)
    return invalid_value("The value for parameter " + where + " is out of range.");
  return {};
}

Status check_exclusive(const std::string& where, const Value& datum) {
  constexpr std::array<std::pair<const char*, const char*>, 3> pairs{
      std::pair{"Value", "Values"}, std::pair{"Value", "StatisticValues"},
      std::pair{"Values", "StatisticValues"}};
  for (const auto& [a, b] : pairs)
    if (datum.has(a) && datum.has(b))
      return invalid_combination("The parameters " + where + "." + a + " and " + where + "." + b +
                                 " are mutually exclusive and you have specified both.");
  return {};
}

Result<Bucket> values_of(const std::string& where, const Value& datum) {
  Bucket out;
  CHECK_OK(check_exclusive(where, datum));
  if (const Value& set = datum["StatisticValues"]; set.is_map()) {
    for (const char* member : {"SampleCount", "Sum", "Minimum", "Maximum"})
      CHECK_OK(check_number(where + ".StatisticValues." + member, set[member].as_real()));
    if (set["SampleCount"].as_real() < 0 || set["Minimum"].as_real() > set["Maximum"].as_real())
      return invalid_value("The parameter " + where + ".StatisticValues is invalid.");
    out.add_set(set["SampleCount"].as_real(), set["Sum"].as_real(), set["Minimum"].as_real(),
                set["Maximum"].as_real());
    return out;
  }
  if (datum.has("Value")) {
    CHECK_OK(check_number(where + ".Value", datum["Value"].as_real()));
    out.add(datum["Value"].as_real(), 1);
    return out;
  }
  const Value &values = datum["Values"], &counts = datum["Counts"];
  if (values.empty())
    return aws_error("MissingParameter", "At least one of the parameters must be specified.");
  if (values.size() > values_max)
    return invalid_value("The collection " + where +
                         ".Values must not have a size greater than 150.");
  if (!counts.empty() && counts.size() != values.size())
    return invalid_value("The parameters " + where + ".Values and " + where +
                         ".Counts must be of the same size.");
  for (size_t i = 0; i < values.size(); ++i) {
    double times = counts.empty() ? 1 : counts.at(i).as_real();
    CHECK_OK(
        check_number(where + ".Values.member." + std::to_string(i + 1), values.at(i).as_real()));
    if (!(times >= 0) || times > number_max)
      return invalid_value("The value for parameter " + where + ".Counts is out of range.");
    if (times > 0) out.add(values.at(i).as_real(), times);
  }
  return out;
}

Status check_time(const Call& call, const std::string& where, Time at) {
  if (call.now - at > past_max_ms)
    return invalid_value("The parameter " + where +
                         ".Timestamp must specify a time within the past two weeks.");
  if (at - call.now > future_max_ms)
    return invalid_value("The parameter " + where +
                         ".Timestamp must specify a time no more than two hours in the future.");
  return {};
}

Status put_datum(Call& call, const Value& space, const Value& datum, size_t number) {
  std::string where = "MetricData.member." + std::to_string(number);
  TRY(Bucket bucket, values_of(where, datum));
  MetricName name = metric_name_of(datum);
  name.space = space;
  if (name.dimensions.size() > dimensions_max)
    return invalid_value("The collection " + where +
                         ".Dimensions must not have a size greater than 30.");
  Time at = datum["Timestamp"].as_time(call.now);
  CHECK_OK(check_time(call, where, at));
  bool is_fine = datum["StorageResolution"].as_int(60) == 1;
  const Value& unit = datum["Unit"];
  if (bucket.empty()) return {};
  CHECK_OK(add_data(call, name, unit.is_string() ? unit.as_string() : "None", at, is_fine, bucket));
  watch_again(call, name);
  return {};
}

}  // namespace

Result<Value> put_metric_data(Call& call, const Value& in) {
  const std::string& space = in["Namespace"].as_string();
  if (space.starts_with("AWS/") && call.caller.kind != cloud::Caller::Kind::service)
    return invalid_value("The value AWS/ for parameter Namespace is invalid.");
  if (in.has("EntityMetricData")) return not_implemented("EntityMetricData of PutMetricData");
  const Value& data = in["MetricData"];
  if (data.empty()) return aws_error("MissingParameter", "The parameter MetricData is required.");
  if (data.size() > data_max)
    return invalid_value("The collection MetricData must not have a size greater than 1000.");
  for (size_t i = 0; i < data.size(); ++i)
    CHECK_OK(put_datum(call, in["Namespace"], data.at(i), i + 1));
  return Value::map({});
}

}  // namespace mainstay::cloudwatch
