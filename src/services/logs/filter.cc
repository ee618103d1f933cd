// Metric filters and subscription filters: tables "metric-filter" and "subscription-filter" by
// "GROUPID/NAME", as they are answered. Words from recorded answers.
#include "base/text.hh"
#include "services/logs/handlers.hh"
#include "services/logs/pattern.hh"
#include "wire/arn.hh"

namespace mainstay::logs {
namespace {

// "CloudWatch Logs quotas".
constexpr size_t metric_filters_max = 100, subscription_filters_max = 2;

const cloud::ResourceKind metric_filter_kind{
    .table = "metric-filter",
    .list = "metricFilters",
    .missing_code = "ResourceNotFoundException",
    .missing = "The specified metric filter does not exist.",
    .pages = page_words};
const cloud::ResourceKind subscription_filter_kind{
    .table = "subscription-filter",
    .list = "subscriptionFilters",
    .missing_code = "ResourceNotFoundException",
    .missing = "The specified subscription filter does not exist.",
    .pages = page_words};

std::string filter_id(const Value& group, const Value& in) {
  return stream_prefix(group) + in["filterName"].as_string();
}

Status put_filter(Call& call, const cloud::ResourceKind& kind, const Value& group, Value filter,
                  size_t most) {
  const std::string id = filter_id(group, filter), prefix = stream_prefix(group);
  const store::Documents& all = call.all(kind.table);
  size_t count = 0;
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it)
    ++count;
  if (!all.contains(id) && count >= most)
    return aws_error("LimitExceededException", "Resource limit exceeded.");
  filter.set("logGroupName", group["logGroupName"]).set("creationTime", call.now.ms);
  filter.set("applyOnTransformedLogs", filter["applyOnTransformedLogs"].as_bool());
  call.put(kind.table, id, std::move(filter));
  return {};
}

Result<Value> remove_filter(Call& call, const cloud::ResourceKind& kind, const Value& in) {
  TRY(Value group, find_group(call, in));
  if (!call.remove(kind.table, filter_id(group, in)))
    return cloud::no_such(kind, in["filterName"].as_string());
  return Value::map({});
}

Status check_destination(const Call& call, const Value& in) {
  auto arn = wire::parse_arn(in["destinationArn"].as_string());
  if (!arn.has_value()) return invalid("Invalid destinationArn");
  bool streams = arn->service == "kinesis" || arn->service == "firehose";
  if (streams && !in.has("roleArn"))
    return invalid("destinationArn for vendor " + arn->service + " cannot be used without roleArn");
  if (streams || arn->service == "logs")
    return aws_error(
        "NotImplemented",
        "mainstay's embedded cloud sends log events to functions only, not to " + arn->service,
        501);
  if (arn->service != "lambda")
    return invalid("PutSubscriptionFilter operation cannot work with destinationArn for vendor " +
                   arn->service);
  if (arn->account != call.account)
    return aws_error("AccessDeniedException",
                     "Cross-account lambda invocation passing is not allowed. You must use "
                     "DestinationPolicies to create cross account lambda triggers.");
  return {};
}

Result<Value> list_filters(Call& call, const cloud::ResourceKind& kind, const Value& in,
                           std::function<bool(const Value&)> has) {
  cloud::Listing listing{.prefix = {}, .has = std::move(has), .show = {}};
  if (in.has("logGroupName")) {
    TRY(Value group, find_group(call, in));
    listing.prefix = stream_prefix(group) + in["filterNamePrefix"].as_string();
  }
  return cloud::list_resources(call, kind, in, listing);
}

}  // namespace

Result<Value> put_metric_filter(Call& call, const Value& in) {
  TRY(Value group, find_group(call, in));
  CHECK_OK(Pattern::parse(in["filterPattern"].as_string()));
  for (const Value& transformation : in["metricTransformations"].items()) {
    const std::string& value = transformation["metricValue"].as_string();
    if (!value.starts_with('$') && !parse_real(value))
      return invalid("Invalid metric transformation: metricValue must be a number or a selector");
    if (transformation.has("defaultValue") && transformation.has("dimensions"))
      return invalid(
          "Invalid metric transformation: dimensions and default value are mutually exclusive "
          "properties");
  }
  CHECK_OK(put_filter(call, metric_filter_kind, group, in, metric_filters_max));
  return Value::map({});
}

Result<Value> delete_metric_filter(Call& call, const Value& in) {
  return remove_filter(call, metric_filter_kind, in);
}

Result<Value> describe_metric_filters(Call& call, const Value& in) {
  if (in.has("metricName") != in.has("metricNamespace"))
    return invalid("metricName and metricNamespace must be given together.");
  return list_filters(call, metric_filter_kind, in, [&](const Value& filter) {
    const Value& metric = filter["metricTransformations"].at(0);
    if (in.has("metricName") && (metric["metricName"] != in["metricName"] ||
                                 metric["metricNamespace"] != in["metricNamespace"]))
      return false;
    return filter["filterName"].as_string().starts_with(in["filterNamePrefix"].as_string());
  });
}

Result<Value> test_metric_filter(Call&, const Value& in) {
  TRY(Pattern pattern, Pattern::parse(in["filterPattern"].as_string()));
  Value matches = Value::list();
  int64_t number = 0;
  for (const Value& message : in["logEventMessages"].items()) {
    ++number;
    if (!pattern.matches(message.as_string())) continue;
    matches.push_back(Value::map({{"eventNumber", number},
                                  {"eventMessage", message},
                                  {"extractedValues", pattern.extracted(message.as_string())}}));
  }
  return Value::map({{"matches", std::move(matches)}});
}

Result<Value> put_subscription_filter(Call& call, const Value& in) {
  CHECK_OK(check_destination(call, in));
  TRY(Value group, find_group(call, in));
  CHECK_OK(Pattern::parse(in["filterPattern"].as_string()));
  Value filter = in;
  if (!filter.has("distribution")) filter.set("distribution", "ByLogStream");
  CHECK_OK(put_filter(call, subscription_filter_kind, group, std::move(filter),
                      subscription_filters_max));
  return Value::map({});
}

Result<Value> delete_subscription_filter(Call& call, const Value& in) {
  return remove_filter(call, subscription_filter_kind, in);
}

Result<Value> describe_subscription_filters(Call& call, const Value& in) {
  return list_filters(call, subscription_filter_kind, in, {});
}

}  // namespace mainstay::logs
