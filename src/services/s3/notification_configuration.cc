// What PutBucketNotificationConfiguration takes ("PutBucketNotificationConfiguration", API
// reference; "Supported event types" and "Configuring event notifications using object key name
// filtering", user guide; recorded answers).
#include <algorithm>
#include <set>

#include "base/digest.hh"
#include "base/text.hh"
#include "services/s3/notification.hh"
#include "services/s3/notification_target.hh"
#include "wire/arn.hh"

namespace mainstay::s3 {
namespace {

constexpr size_t rows_max = 100;  // "Amazon S3 event notifications", quotas
constexpr size_t filter_bytes_max = 1024;

constexpr std::string_view known_events[] = {"s3:ReducedRedundancyLostObject",
                                             "s3:ObjectCreated:*",
                                             "s3:ObjectCreated:Put",
                                             "s3:ObjectCreated:Post",
                                             "s3:ObjectCreated:Copy",
                                             "s3:ObjectCreated:CompleteMultipartUpload",
                                             "s3:ObjectRemoved:*",
                                             "s3:ObjectRemoved:Delete",
                                             "s3:ObjectRemoved:DeleteMarkerCreated",
                                             "s3:ObjectRestore:*",
                                             "s3:ObjectRestore:Post",
                                             "s3:ObjectRestore:Completed",
                                             "s3:ObjectRestore:Delete",
                                             "s3:Replication:*",
                                             "s3:Replication:OperationFailedReplication",
                                             "s3:Replication:OperationNotTracked",
                                             "s3:Replication:OperationMissedThreshold",
                                             "s3:Replication:OperationReplicatedAfterThreshold",
                                             "s3:LifecycleTransition",
                                             "s3:LifecycleExpiration:*",
                                             "s3:LifecycleExpiration:Delete",
                                             "s3:LifecycleExpiration:DeleteMarkerCreated",
                                             "s3:IntelligentTiering",
                                             "s3:ObjectAcl:Put",
                                             "s3:ObjectTagging:*",
                                             "s3:ObjectTagging:Put",
                                             "s3:ObjectTagging:Delete"};

Status check_events(const Value& row) {
  if (row["Events"].empty()) return malformed_xml();
  for (const Value& event : row["Events"].items())
    if (std::ranges::find(known_events, event.as_string()) == std::end(known_events))
      return invalid_argument(
          "The event '" + event.as_string() + "' is not supported for notifications", "Event",
          event.as_string());
  return {};
}

// Names are kept capitalized (recorded).
Status check_filter(Value& row) {
  if (!row.has("Filter")) return {};
  Value rules = Value::list();
  std::set<std::string> seen;
  for (Value rule : row["Filter"]["Key"]["FilterRules"].items()) {
    std::string name = to_lower(rule["Name"].as_string());
    const std::string& text = rule["Value"].as_string();
    if (name != "prefix" && name != "suffix")
      return invalid_argument("filter rule name must be either prefix or suffix",
                              rule["Name"].as_string(), text);
    if (!seen.insert(name).second)
      return invalid_argument("Cannot specify more than one " + name + " rule in a filter.",
                              "FilterRule", text);
    if (text.size() > filter_bytes_max)
      return invalid_argument("filter value must be at most 1024 bytes", "FilterRule.value", text);
    rule.set("Name", name == "prefix" ? "Prefix" : "Suffix");
    rules.push_back(std::move(rule));
  }
  row.set("Filter", Value::map({{"Key", Value::map({{"FilterRules", std::move(rules)}})}}));
  return {};
}

Status check_arn(const TargetKind& kind, const Value& row, const Value& bucket) {
  const std::string& text = row[kind.arn].as_string();
  auto arn = wire::parse_arn(text);
  if (!arn.has_value() || arn->service != kind.service)
    return invalid_argument("The ARN could not be parsed", kind.word, text);
  if (arn->region != bucket["BucketRegion"].as_string())
    return invalid_argument(
        "The notification destination service region is not valid for the bucket location "
        "constraint",
        kind.word, text);
  if (kind.service == "sqs" && text.ends_with(".fifo"))
    return invalid_argument("FIFO SQS queues are not supported.", kind.word, text);
  if (kind.service == "sns" && text.ends_with(".fifo"))
    return invalid_argument("FIFO SNS topics are not supported.", kind.word, text);
  return {};
}

std::string_view rule_of(const Value& row, std::string_view name) {
  for (const Value& rule : row["Filter"]["Key"]["FilterRules"].items())
    if (rule["Name"].as_string() == name) return rule["Value"].as_string();
  return "";
}

bool share_an_event(const Value& a, const Value& b) {
  auto covers = [](std::string_view pattern, std::string_view event) {
    if (!pattern.ends_with('*')) return pattern == event;
    pattern.remove_suffix(1);
    return event.starts_with(pattern);
  };
  for (const Value& one : a["Events"].items())
    for (const Value& other : b["Events"].items())
      if (covers(one.as_string(), other.as_string()) || covers(other.as_string(), one.as_string()))
        return true;
  return false;
}

// A key that both rows are for would be told of twice.
Status check_overlap(const Value& a, const Value& b) {
  std::string_view prefix = rule_of(a, "Prefix"), other_prefix = rule_of(b, "Prefix");
  std::string_view suffix = rule_of(a, "Suffix"), other_suffix = rule_of(b, "Suffix");
  bool prefixes = prefix.starts_with(other_prefix) || other_prefix.starts_with(prefix);
  bool suffixes = suffix.ends_with(other_suffix) || other_suffix.ends_with(suffix);
  if (!prefixes || !suffixes || !share_an_event(a, b)) return {};
  if (a.has("Filter") && b.has("Filter"))
    return invalid_argument(
        "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if "
        "the prefixes are overlapping for the same event type.");
  return invalid_argument(
      "Configurations overlap. Configurations on the same bucket cannot share a common event "
      "type.");
}

Status check_rows(Call& call, const Value& bucket, Value& configuration) {
  List seen;
  std::set<std::string> ids;
  for (const TargetKind& kind : target_kinds) {
    Value rows = Value::list();
    for (Value row : configuration[kind.list].items()) {
      CHECK_OK(check_events(row));
      CHECK_OK(check_filter(row));
      CHECK_OK(check_arn(kind, row, bucket));
      if (row["Id"].as_string().empty()) row.set("Id", base64_encode(call.random.uuid()));
      if (!ids.insert(row["Id"].as_string()).second)
        return invalid_argument("Same ID used for multiple configurations. IDs must be unique",
                                "Id", row["Id"].as_string());
      for (const Value& before : seen) CHECK_OK(check_overlap(before, row));
      seen.push_back(row);
      if (seen.size() > rows_max)
        return invalid_argument("Cannot create more than 100 notification configurations");
      rows.push_back(std::move(row));
    }
    configuration.erase(kind.list);
    if (!rows.empty()) configuration.set(kind.list, std::move(rows));
  }
  return {};
}

// All that refuse, numbered ("ArgumentName1"; the text "ARN, null" is recorded).
Status try_targets(Call& call, const Value& bucket, const Value& configuration) {
  Value refused = Value::map({});
  int number = 0;
  for (const TargetKind& kind : target_kinds)
    for (const Value& row : configuration[kind.list].items()) {
      const std::string& arn = row[kind.arn].as_string();
      Status tried = try_target(call, bucket, kind, arn);
      if (tried.has_value()) continue;
      std::string n = std::to_string(++number);
      refused.set("ArgumentName" + n, kind.service == "lambda" ? arn + ", null" : arn);
      refused.set("ArgumentValue" + n, tried.error().message);
    }
  if (number == 0) return {};
  Error error = invalid_argument("Unable to validate the following destination configurations");
  error.fields = std::make_shared<const Value>(std::move(refused));
  return error;
}

}  // namespace

Result<Value> put_notification(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  Value configuration = in["NotificationConfiguration"];
  CHECK_OK(check_rows(call, bucket, configuration));
  if (!in["SkipDestinationValidation"].as_bool() && !configuration.empty()) {
    Status tried;
    call.outside([&] { tried = try_targets(call, bucket, configuration); });
    CHECK_OK(tried);
    TRY(bucket, get_bucket(call, in));
  }
  put_bucket(call, bucket.set("_Notification", std::move(configuration)));
  return Value::map({});
}

}  // namespace mainstay::s3
