// Sources: CloudWatch Logs user guide, "Log group-level subscription filters" (what a function
// gets), "Creating metrics from log events using filters".
#include "services/logs/fanout.hh"

#include "base/json.hh"
#include "base/text.hh"
#include "cloud/cloud.hh"
#include "services/logs/event.hh"
#include "services/logs/pattern.hh"
#include "wire/arn.hh"
#include "wire/gzip.hh"

namespace mainstay::logs {
namespace {

constexpr size_t data_at_once = 1000;  // of PutMetricData

// Logs as they act for a group: what they ask for is decided by the policy of what they ask.
cloud::Caller acting_for(const std::string& account, const std::string& source_arn) {
  return cloud::Caller::service_for(account, "logs.amazonaws.com", source_arn);
}

template <class Each>
void for_filters(const Call& call, const char* table, const Value& group, const Each& each) {
  const std::string prefix = stream_prefix(group);
  const store::Documents& all = call.all(table);
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it)
    if (auto pattern = Pattern::parse(it->second["filterPattern"].as_string()); pattern.has_value())
      each(it->second, *pattern);
}

void to_function(Call& call, const Value& group, const Value& stream, const Value& filter,
                 Value events) {
  auto arn = wire::parse_arn(filter["destinationArn"].as_string());
  if (!arn.has_value()) return;
  Value data = Value::map({{"messageType", "DATA_MESSAGE"},
                           {"owner", call.account},
                           {"logGroup", group["logGroupName"]},
                           {"logStream", stream["logStreamName"]},
                           {"subscriptionFilters", Value::list({filter["filterName"]})},
                           {"logEvents", std::move(events)}});
  Value event =
      Value::map({{"awslogs", Value::map({{"data", base64_encode(wire::gzip(to_json(data)))}})}});
  const std::string source = group_arn(call, group["logGroupName"].as_string()) + ":*";
  call.later({.service = "lambda",
              .operation = "Invoke",
              .input = Value::map({{"FunctionName", filter["destinationArn"]},
                                   {"InvocationType", "Event"},
                                   {"Payload", Bytes{to_json(event)}}}),
              .account = arn->account,
              .region = arn->region,
              .caller = acting_for(arn->account, source),
              .lane = filter["filterName"].as_string() + "/" + stream["_Id"].as_string()});
}

void subscribe_events(Call& call, const Value& group, const Value& stream, const List& events,
                      int64_t number) {
  for_filters(call, "subscription-filter", group, [&](const Value& filter, const Pattern& pattern) {
    Value matching = Value::list();
    for (size_t i = 0; i < events.size(); ++i) {
      if (!pattern.matches(events[i]["message"].as_string())) continue;
      int64_t ms = events[i]["timestamp"].as_int();
      Event event{position_of(ms, number + 1 + static_cast<int64_t>(i)), ms, nullptr};
      matching.push_back(Value::map(
          {{"id", event_id(stream, event)}, {"timestamp", ms}, {"message", events[i]["message"]}}));
    }
    if (!matching.empty()) to_function(call, group, stream, filter, std::move(matching));
  });
}

// A number, or what a selector finds in the message.
std::optional<double> value_of(const Value& transformation, const Pattern& pattern,
                               const std::string& message) {
  const std::string& text = transformation["metricValue"].as_string();
  if (!text.starts_with('$')) return parse_real(text);
  auto found = pattern.value_of(message, text);
  return found ? parse_real(*found) : std::nullopt;
}

Value datum_of(const Value& transformation, const Pattern& pattern, const Value& event,
               double number) {
  Value datum = Value::map({{"MetricName", transformation["metricName"]},
                            {"Timestamp", Time{event["timestamp"].as_int()}},
                            {"Value", number}});
  if (transformation.has("unit")) datum.set("Unit", transformation["unit"]);
  Value dimensions = Value::list();
  for (const auto& [name, selector] : transformation["dimensions"].members())
    if (auto value = pattern.value_of(event["message"].as_string(), selector.as_string()))
      dimensions.push_back(Value::map({{"Name", name}, {"Value", *value}}));
  if (!dimensions.empty()) datum.set("Dimensions", std::move(dimensions));
  return datum;
}

void put_data(Call& call, const Value& transformation, Value data) {
  call.later({.service = "cloudwatch",
              .operation = "PutMetricData",
              .input = Value::map({{"Namespace", transformation["metricNamespace"]},
                                   {"MetricData", std::move(data)}})});
}

void measure_events(Call& call, const Value& group, const List& events) {
  for_filters(call, "metric-filter", group, [&](const Value& filter, const Pattern& pattern) {
    for (const Value& transformation : filter["metricTransformations"].items()) {
      Value data = Value::list();
      bool any = false;
      for (const Value& event : events) {
        const std::string& message = event["message"].as_string();
        if (!pattern.matches(message)) continue;
        any = true;
        auto number = value_of(transformation, pattern, message);
        if (number) data.push_back(datum_of(transformation, pattern, event, *number));
        if (data.size() == data_at_once)
          put_data(call, transformation, std::exchange(data, Value::list()));
      }
      // "The value reported when logs are ingested but no matching logs are found."
      if (!any && transformation.has("defaultValue"))
        data.push_back(datum_of(transformation, pattern, events.front(),
                                transformation["defaultValue"].as_real()));
      if (!data.empty()) put_data(call, transformation, std::move(data));
    }
  });
}

}  // namespace

void fan_out(Call& call, const Value& group, const Value& stream, const List& events,
             int64_t number) {
  subscribe_events(call, group, stream, events, number);
  if (call.cloud.has_service("cloudwatch")) measure_events(call, group, events);
}

}  // namespace mainstay::logs
