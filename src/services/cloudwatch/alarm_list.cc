// DescribeAlarms and DescribeAlarmsForMetric.
#include <algorithm>

#include "base/text.hh"
#include "cloud/paging.hh"
#include "services/cloudwatch/composite_rule.hh"
#include "services/cloudwatch/handlers.hh"
#include "services/cloudwatch/watch.hh"

namespace mainstay::cloudwatch {
namespace {

constexpr int64_t alarms_a_page = 100;  // DescribeAlarms, "MaxRecords"; 50 where it says nothing
constexpr int64_t alarms_a_page_default = 50;

// Without what is ours alone.
Value shown_alarm(const Value& alarm) {
  Value out = Value::map({});
  for (const auto& [name, value] : alarm.members())
    if (!name.starts_with("_")) out.set(name, value);
  return out;
}

bool is_type_wanted(const Value& alarm, const Value& types) {
  const List& all = types.items();
  if (all.empty()) return !is_composite(alarm);  // "AlarmTypes"
  return std::find(all.begin(), all.end(), alarm["_Type"]) != all.end();
}

bool has_action(const Value& alarm, const std::string& prefix) {
  for (const char* member : {"AlarmActions", "OKActions", "InsufficientDataActions"})
    for (const Value& action : alarm[member].items())
      if (action.as_string().starts_with(prefix)) return true;
  return false;
}

bool is_wanted(const Value& alarm, const Value& in) {
  if (in.has("StateValue") && alarm["StateValue"] != in["StateValue"]) return false;
  if (in.has("ActionPrefix") && !has_action(alarm, in["ActionPrefix"].as_string())) return false;
  return is_type_wanted(alarm, in["AlarmTypes"]);
}

Value lists_of(const std::vector<Value>& alarms) {
  Value metric = Value::list(), composite = Value::list();
  for (const Value& alarm : alarms)
    (is_composite(alarm) ? composite : metric).push_back(shown_alarm(alarm));
  return Value::map(
      {{"MetricAlarms", std::move(metric)}, {"CompositeAlarms", std::move(composite)}});
}

// The names of a composite alarm's children, or of the composite alarms that have it as a child.
Result<std::vector<Value>> relatives(Call& call, const Value& in) {
  std::vector<Value> out;
  if (in.has("ChildrenOfAlarmName")) {
    TRY(Value parent, find_alarm(call, in["ChildrenOfAlarmName"].as_string()));
    for (const Value& part : parent["_Parts"].items())
      if (const Value* child = call.find("alarm", part.as_string()))
        out.push_back(Value::map({{"AlarmName", (*child)["AlarmName"]},
                                  {"AlarmArn", (*child)["AlarmArn"]},
                                  {"_Type", (*child)["_Type"]}}));
    return out;
  }
  std::string prefix = in["ParentsOfAlarmName"].as_string() + '\x03';
  const auto& all = call.all("part");
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it)
    if (const Value* parent = call.find("alarm", it->second.as_string()))
      out.push_back(Value::map({{"AlarmName", (*parent)["AlarmName"]},
                                {"AlarmArn", (*parent)["AlarmArn"]},
                                {"_Type", (*parent)["_Type"]}}));
  return out;
}

}  // namespace

Result<Value> describe_alarms(Call& call, const Value& in) {
  if (in.has("AlarmNames") && in.has("AlarmNamePrefix"))
    return invalid_combination("Exactly one of AlarmNames and AlarmNamePrefix may be specified.");
  if (in.has("ChildrenOfAlarmName") || in.has("ParentsOfAlarmName")) {
    TRY(std::vector<Value> found, relatives(call, in));
    return lists_of(found);
  }
  std::vector<Value> found;
  if (!in["AlarmNames"].empty()) {
    for (const Value& name : in["AlarmNames"].items())
      if (const Value* alarm = call.find("alarm", name.as_string()))
        if (is_wanted(*alarm, in)) found.push_back(*alarm);
    return lists_of(found);
  }
  std::string prefix = in["AlarmNamePrefix"].as_string(), from = prefix, next;
  if (in.has("NextToken")) {
    auto position = cloud::read_token(in["NextToken"].as_string());
    if (!position) return aws_error("InvalidNextToken", "The next token specified is invalid.");
    from = *position;
  }
  auto count = static_cast<size_t>(
      std::clamp<int64_t>(in["MaxRecords"].as_int(alarms_a_page_default), 1, alarms_a_page));
  const auto& all = call.all("alarm");
  for (auto it = all.lower_bound(from); it != all.end() && it->first.starts_with(prefix); ++it) {
    if (!is_wanted(it->second, in)) continue;
    if (found.size() == count) {
      next = it->first;
      break;
    }
    found.push_back(it->second);
  }
  Value out = lists_of(found);
  if (!next.empty()) out.set("NextToken", cloud::make_token(next));
  return out;
}

Result<Value> describe_alarms_for_metric(Call& call, const Value& in) {
  std::string prefix = metric_name_of(in).key() + '\x03';
  Value out = Value::list();
  const auto& all = call.all("watch");
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it) {
    const Value* alarm = call.find("alarm", it->second.as_string());
    if (!alarm || alarm->has("Metrics")) continue;
    bool fits = true;
    for (const char* member : {"Statistic", "ExtendedStatistic", "Period", "Unit"})
      fits = fits && (!in.has(member) || (*alarm)[member] == in[member]);
    if (fits) out.push_back(shown_alarm(*alarm));
  }
  return Value::map({{"MetricAlarms", std::move(out)}});
}

}  // namespace mainstay::cloudwatch
