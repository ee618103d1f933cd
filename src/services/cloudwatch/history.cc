#include "services/cloudwatch/history.hh"

#include <algorithm>
#include <vector>

#include "base/digest.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "cloud/paging.hh"
#include "services/cloudwatch/handlers.hh"

namespace mainstay::cloudwatch {
namespace {

constexpr size_t items_max = 200;
constexpr int64_t items_a_page = 100;

std::string prefix_of(const std::string& name) {
  return name + '\x01';
}

Value state_of(const Value& alarm) {
  Value out =
      Value::map({{"stateValue", alarm["StateValue"]}, {"stateReason", alarm["StateReason"]}});
  if (alarm.has("StateReasonData")) {
    auto data = parse_json(alarm["StateReasonData"].as_string());
    if (data.has_value()) out.set("stateReasonData", *data);
  }
  return out;
}

Value dimension_map(const Value& dimensions) {
  Value out = Value::map({});
  for (const Value& d : dimensions.items()) out.set(d["Name"].as_string(), d["Value"]);
  return out;
}

Value event_metric(const std::string& id, const Value& metric, const Value& period,
                   const Value& stat, const Value& returns) {
  return Value::map(
      {{"id", id},
       {"metricStat",
        Value::map({{"metric", Value::map({{"namespace", metric["Namespace"]},
                                           {"name", metric["MetricName"]},
                                           {"dimensions", dimension_map(metric["Dimensions"])}})},
                    {"period", period},
                    {"stat", stat}})},
       {"returnData", returns}});
}

struct Wanted {
  std::string name;
  Value type, types;
  Time from, to;

  bool has(const Value& item) const {
    if (!type.is_null() && item["HistoryItemType"] != type) return false;
    const List& all = types.items();
    bool of_type = all.empty() ? item["AlarmType"].as_string() == "MetricAlarm" || !name.empty()
                               : std::find(all.begin(), all.end(), item["AlarmType"]) != all.end();
    Time at = item["Timestamp"].as_time();
    return of_type && at >= from && at <= to;
  }
};

}  // namespace

std::string aws_time(Time at) {
  std::string iso = format_iso8601(at, true);
  iso.pop_back();
  return iso + "+0000";
}

Value state_update_data(const Value& before, const Value& after) {
  return Value::map(
      {{"version", "1.0"}, {"oldState", state_of(before)}, {"newState", state_of(after)}});
}

Value event_configuration(const Value& alarm) {
  Value out = Value::map({});
  if (alarm.has("AlarmDescription")) out.set("description", alarm["AlarmDescription"]);
  if (is_composite(alarm)) return out.set("alarmRule", alarm["AlarmRule"]);
  Value metrics = Value::list();
  if (!alarm.has("Metrics")) {
    // An id of its own, the same each time.
    std::string hex = hex_encode(sha256("metric " + alarm["AlarmArn"].as_string()));
    std::string id = hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-4" + hex.substr(13, 3) + "-a" +
                     hex.substr(17, 3) + "-" + hex.substr(20, 12);
    const Value& stat = alarm.has("Statistic") ? alarm["Statistic"] : alarm["ExtendedStatistic"];
    metrics.push_back(event_metric(id, alarm, alarm["Period"], stat, true));
  }
  for (const Value& query : alarm["Metrics"].items()) {
    bool returns = query["ReturnData"].as_bool(true);
    const Value& stat = query["MetricStat"];
    if (stat.is_map())
      metrics.push_back(event_metric(query["Id"].as_string(), stat["Metric"], stat["Period"],
                                     stat["Stat"], returns));
    else
      metrics.push_back(Value::map({{"id", query["Id"]},
                                    {"expression", query["Expression"]},
                                    {"label", query["Label"]},
                                    {"returnData", returns}}));
  }
  return out.set("metrics", std::move(metrics));
}

void add_history(Call& call, const Value& alarm, const char* type, const std::string& summary,
                 const Value& data) {
  constexpr size_t digits = 16;
  std::string prefix = prefix_of(alarm["AlarmName"].as_string());
  // Numbers rise within an alarm, so that items of one time keep their order.
  const auto& all = call.all("history");
  size_t count = 0;
  int64_t last = 0;
  std::string oldest;
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it) {
    if (count++ == 0) oldest = it->first;
    last = parse_int(it->first.substr(prefix.size())).value_or(last);
  }
  if (count >= items_max) call.remove("history", oldest);
  std::string number = std::to_string(last + 1);
  call.put("history", prefix + std::string(digits - std::min(digits, number.size()), '0') + number,
           Value::map({{"AlarmName", alarm["AlarmName"]},
                       {"AlarmType", alarm["_Type"]},
                       {"Timestamp", call.now},
                       {"HistoryItemType", type},
                       {"HistorySummary", summary},
                       {"HistoryData", to_json(data)}}));
}

void forget_history(Call& call, const std::string& name) {
  std::string prefix = prefix_of(name);
  std::vector<std::string> ids;
  const auto& all = call.all("history");
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it)
    ids.push_back(std::string(it->first));
  for (const std::string& id : ids) call.remove("history", id);
}

Result<Value> describe_alarm_history(Call& call, const Value& in) {
  Wanted wanted{in["AlarmName"].as_string(), in["HistoryItemType"], in["AlarmTypes"],
                in["StartDate"].as_time(), in["EndDate"].as_time({INT64_MAX})};
  std::string prefix = wanted.name.empty() ? "" : prefix_of(wanted.name);
  std::vector<Value> items;
  const auto& all = call.all("history");
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it)
    if (wanted.has(it->second)) items.push_back(it->second);
  bool ascending = in["ScanBy"].as_string() == "TimestampAscending";
  std::stable_sort(items.begin(), items.end(), [](const Value& a, const Value& b) {
    return a["Timestamp"].as_time() < b["Timestamp"].as_time();
  });
  if (!ascending) std::reverse(items.begin(), items.end());
  auto from = in.has("NextToken")
                  ? parse_int(cloud::read_token(in["NextToken"].as_string()).value_or(""))
                  : std::optional<int64_t>(0);
  if (!from || *from < 0) return aws_error("InvalidNextToken", "The next token is invalid.");
  auto begin = std::min(static_cast<size_t>(*from), items.size());
  auto end =
      std::min(items.size(), begin + static_cast<size_t>(in["MaxRecords"].as_int(items_a_page)));
  Value out =
      Value::map({{"AlarmHistoryItems", Value(List(items.begin() + static_cast<int64_t>(begin),
                                                   items.begin() + static_cast<int64_t>(end)))}});
  if (end < items.size()) out.set("NextToken", cloud::make_token(std::to_string(end)));
  return out;
}

}  // namespace mainstay::cloudwatch
