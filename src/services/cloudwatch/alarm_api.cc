// Metric alarms: put, deleted, set by hand.
#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "services/cloudwatch/expression.hh"
#include "services/cloudwatch/handlers.hh"
#include "services/cloudwatch/query.hh"
#include "services/cloudwatch/query_time.hh"
#include "services/cloudwatch/statistic.hh"
#include "services/cloudwatch/watch.hh"

namespace mainstay::cloudwatch {
namespace {

constexpr size_t alarms_max = 5000;  // "CloudWatch service quotas": alarms
// PutMetricAlarm, "EvaluationPeriods": a day, a week where the period is an hour or more.
constexpr int64_t span_s_max = 86'400, long_span_s_max = 604'800;

Status check_metric(const Value& in) {
  if (in.has("Metrics")) {
    for (const char* member : {"MetricName", "Namespace", "Dimensions", "Period", "Unit",
                               "Statistic", "ExtendedStatistic"})
      if (in.has(member))
        return invalid_combination("The parameter " + std::string(member) +
                                   " must not be specified with Metrics.");
    CHECK_OK(check_queries(in["Metrics"]));
    const List& queries = in["Metrics"].items();
    auto returned = std::count_if(queries.begin(), queries.end(), [](const Value& query) {
      return query["ReturnData"].as_bool(true);
    });
    if (returned != 1)
      return validation_error("Exactly one element of the metrics list should return data.");
    return {};
  }
  for (const char* member : {"MetricName", "Namespace", "Period"})
    if (!in.has(member))
      return aws_error("MissingParameter",
                       "The parameter " + std::string(member) + " is required.");
  if (in.has("Statistic") == in.has("ExtendedStatistic"))
    return invalid_combination("Exactly one of Statistic and ExtendedStatistic must be specified.");
  if (in.has("ExtendedStatistic") &&
      !Statistic::parse(in["ExtendedStatistic"].as_string()).has_value())
    return validation_error("The value '" + printable(in["ExtendedStatistic"].as_string()) +
                            "' for parameter ExtendedStatistic is not supported.");
  return check_period(in["Period"].as_int());
}

Status check_alarm(const Value& in) {
  for (const char* member : {"ThresholdMetricId", "EvaluationWindow", "WarmUpConfiguration",
                             "EvaluationCriteria", "EvaluationInterval", "ActionConfiguration"})
    if (in.has(member)) return not_implemented(std::string(member) + " of PutMetricAlarm");
  const std::string& comparison = in["ComparisonOperator"].as_string();
  if (comparison.ends_with("UpperThreshold") || comparison.starts_with("LessThanLower"))
    return not_implemented("anomaly detection alarms (" + comparison + ")");
  for (const char* member : {"ComparisonOperator", "EvaluationPeriods", "Threshold"})
    if (!in.has(member))
      return aws_error("MissingParameter",
                       "The parameter " + std::string(member) + " is required.");
  CHECK_OK(check_metric(in));
  int64_t periods = in["EvaluationPeriods"].as_int();
  if (in["DatapointsToAlarm"].as_int(periods) > periods)
    return validation_error(
        "Invalid combination of DatapointsToAlarm and EvaluationPeriods: DatapointsToAlarm must be "
        "less than or equal to EvaluationPeriods.");
  static const std::vector<std::string> treatments{"breaching", "notBreaching", "ignore",
                                                   "missing"};
  const std::string& missing = in["TreatMissingData"].as_string();
  if (in.has("TreatMissingData") &&
      std::find(treatments.begin(), treatments.end(), missing) == treatments.end())
    return validation_error("Option " + printable(missing) +
                            " is not supported. Supported options for parameter TreatMissingData "
                            "are breaching, notBreaching, ignore and missing.");
  int64_t period_s = period_s_of(in);
  if (periods * period_s > (period_s >= 3600 ? long_span_s_max : span_s_max))
    return validation_error(
        "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= "
        "86400).");
  return check_actions(in);
}

Result<Value> set_enabled(Call& call, const Value& in, bool enabled) {
  for (const Value& name : in["AlarmNames"].items()) {
    auto found = find_alarm(call, name.as_string());
    if (!found.has_value()) continue;
    Value alarm = *found;
    if (alarm["ActionsEnabled"].as_bool() == enabled) continue;
    alarm.set("ActionsEnabled", enabled).set("AlarmConfigurationUpdatedTimestamp", call.now);
    put_alarm(call, alarm);
    add_history(call, alarm, "ConfigurationUpdate", "Alarm \"" + name.as_string() + "\" updated",
                Value::map({{"version", "1.0"}, {"type", "Update"}}));
  }
  return Value::map({});
}

}  // namespace

Result<Value> put_metric_alarm(Call& call, const Value& in) {
  CHECK_OK(check_alarm(in));
  const std::string& name = in["AlarmName"].as_string();
  const Value* before = call.find("alarm", name);
  if (before && is_composite(*before))
    return validation_error("An alarm of another type has the name " + printable(name) + ".");
  if (!before && call.all("alarm").size() >= alarms_max)
    return aws_error("LimitExceeded", "The maximum number of alarms has been reached.");
  bool is_new = !before;
  if (before) unwatch(call, Value(*before));
  Value alarm = new_alarm(
      call, in, "MetricAlarm",
      {"AlarmDescription", "MetricName", "Namespace", "Statistic", "ExtendedStatistic",
       "Dimensions", "Period", "Unit", "EvaluationPeriods", "DatapointsToAlarm", "Threshold",
       "ComparisonOperator", "TreatMissingData", "EvaluateLowSampleCountPercentile", "Metrics"});
  if (!alarm.has("Metrics") && !alarm.has("Dimensions")) alarm.set("Dimensions", Value::list());
  put_alarm(call, alarm);
  add_history(call, alarm, "ConfigurationUpdate",
              "Alarm \"" + name + "\" " + (is_new ? "created" : "updated"),
              Value::map({{"version", "1.0"}, {"type", is_new ? "Create" : "Update"}}));
  watch(call, alarm);
  return Value::map({});
}

Result<Value> delete_alarms(Call& call, const Value& in) {
  for (const Value& name : in["AlarmNames"].items()) {
    auto alarm = find_alarm(call, name.as_string());
    if (alarm.has_value()) remove_alarm(call, *alarm);
  }
  return Value::map({});
}

Result<Value> set_alarm_state(Call& call, const Value& in) {
  TRY(Value alarm, find_alarm(call, in["AlarmName"].as_string()));
  const Value& data = in["StateReasonData"];
  if (data.is_string() && !parse_json(data.as_string()).has_value())
    return aws_error("InvalidFormat", "StateReasonData is not valid JSON.");
  change_state(call, alarm, in["StateValue"].as_string(), in["StateReason"].as_string(), data);
  // The next evaluation tells what the state really is.
  if (!is_composite(alarm)) set_timer(call, alarm);
  return Value::map({});
}

Result<Value> enable_alarm_actions(Call& call, const Value& in) {
  return set_enabled(call, in, true);
}

Result<Value> disable_alarm_actions(Call& call, const Value& in) {
  return set_enabled(call, in, false);
}

}  // namespace mainstay::cloudwatch
