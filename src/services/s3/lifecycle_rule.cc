// What lifecycle rules may say, and what they say of an object ("PutBucketLifecycleConfiguration",
// API reference; "Lifecycle configuration elements", user guide; codes and words recorded).
#include <algorithm>
#include <set>

#include "base/text.hh"
#include "services/s3/configuration_check.hh"
#include "services/s3/lifecycle.hh"

namespace mainstay::s3 {
namespace {

constexpr int64_t lifecycle_day_ms = 24LL * 3600 * 1000;
constexpr size_t lifecycle_rules_max = 1000, rule_id_bytes_max = 255;

bool is_midnight(const Value& date) {
  return date.as_time().ms % lifecycle_day_ms == 0;
}

Status check_date(const Value& date) {
  if (date.is_null() || is_midnight(date)) return {};
  return invalid_argument("'Date' must be at midnight GMT", "Date",
                          format_iso8601(date.as_time(), true));
}

Status check_filter_tags(const Value& tags) {
  std::set<std::string> seen;
  for (const Value& tag : tags.items())
    if (!seen.insert(tag["Key"].as_string()).second)
      return aws_error("InvalidRequest", "Duplicate Tag Keys are not allowed.");
  return {};
}

Status check_rule_filter(const Value& rule) {
  if (rule.has("Filter") == rule.has("Prefix")) return malformed_xml();
  const Value& filter = rule["Filter"];
  if (filter.size() > 1) return malformed_xml();
  if (!filter.has("And")) return {};
  const Value& both = filter["And"];
  if (both.size() + (both["Tags"].size() > 1 ? 1 : 0) < 2) return malformed_xml();
  return check_filter_tags(both["Tags"]);
}

Status check_expiration(const Value& rule) {
  if (!rule.has("Expiration")) return {};
  const Value& expiration = rule["Expiration"];
  if (expiration.size() != 1) return malformed_xml();
  if (expiration.has("Days") && expiration["Days"].as_int() < 1)
    return invalid_argument("'Days' for Expiration action must be a positive integer");
  return check_date(expiration["Date"]);
}

// The infrequent classes keep an object for 30 days before.
Status check_transition(const Value& transition) {
  const std::string& name = transition["StorageClass"].as_string();
  constexpr std::string_view classes[] = {"STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING",
                                          "GLACIER_IR",  "GLACIER",    "DEEP_ARCHIVE"};
  if (std::ranges::find(classes, name) == std::end(classes)) return malformed_xml();
  constexpr int64_t infrequent_days_min = 30;
  bool is_infrequent = name == "STANDARD_IA" || name == "ONEZONE_IA";
  if (is_infrequent && transition.has("Days") && transition["Days"].as_int() < infrequent_days_min)
    return invalid_argument(
        "'Days' in Transition action must be greater than or equal to 30 for "
        "storageClass '" +
        name + "'");
  return check_date(transition["Date"]);
}

Status check_actions(const Value& rule) {
  constexpr const char* actions[] = {"Expiration", "Transitions", "NoncurrentVersionTransitions",
                                     "NoncurrentVersionExpiration",
                                     "AbortIncompleteMultipartUpload"};
  if (std::ranges::none_of(actions, [&](const char* name) { return rule.has(name); }))
    return aws_error("InvalidRequest", "At least one action needs to be specified in a rule.");
  CHECK_OK(check_expiration(rule));
  for (const Value& transition : rule["Transitions"].items()) {
    if (transition.has("Days") == transition.has("Date")) return malformed_xml();
    CHECK_OK(check_transition(transition));
  }
  for (const Value& transition : rule["NoncurrentVersionTransitions"].items()) {
    if (!transition.has("NoncurrentDays")) return malformed_xml();
    CHECK_OK(check_transition(transition));
  }
  if (rule.has("NoncurrentVersionExpiration") &&
      !rule["NoncurrentVersionExpiration"].has("NoncurrentDays"))
    return malformed_xml();
  if (rule.has("AbortIncompleteMultipartUpload") &&
      rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"].as_int() < 1)
    return malformed_xml();
  return {};
}

bool has_tags(const Value& object, const Value& wanted) {
  return std::ranges::all_of(wanted.items(), [&](const Value& tag) {
    return std::ranges::find(object["_TagSet"].items(), tag) != object["_TagSet"].items().end();
  });
}

bool passes(const Value& filter, const Value& object) {
  const std::string& key = object["Key"].as_string();
  int64_t size = object["Size"].as_int();
  if (filter.has("Prefix") && !key.starts_with(filter["Prefix"].as_string())) return false;
  if (filter.has("ObjectSizeGreaterThan") && size <= filter["ObjectSizeGreaterThan"].as_int())
    return false;
  if (filter.has("ObjectSizeLessThan") && size >= filter["ObjectSizeLessThan"].as_int())
    return false;
  if (filter.has("Tag") && !has_tags(object, Value::list({filter["Tag"]}))) return false;
  return has_tags(object, filter["Tags"]);
}

}  // namespace

Status check_lifecycle(const Value& in) {
  const List& rules = in["LifecycleConfiguration"]["Rules"].items();
  if (rules.empty() || rules.size() > lifecycle_rules_max) return malformed_xml();
  std::set<std::string> ids;
  for (const Value& rule : rules) {
    const std::string& status = rule["Status"].as_string();
    if (status != "Enabled" && status != "Disabled") return malformed_xml();
    const std::string& id = rule["ID"].as_string();
    if (id.size() > rule_id_bytes_max)
      return invalid_argument("ID length should not exceed allowed limit of 255");
    if (!id.empty() && !ids.insert(id).second)
      return invalid_argument("Rule ID must be unique. Found same ID for more than one rule", "ID",
                              id);
    CHECK_OK(check_rule_filter(rule));
    CHECK_OK(check_actions(rule));
  }
  return {};
}

bool is_for(const Value& rule, const Value& object) {
  if (rule["Status"].as_string() != "Enabled") return false;
  if (rule.has("Prefix") && !object["Key"].as_string().starts_with(rule["Prefix"].as_string()))
    return false;
  const Value& filter = rule["Filter"];
  return passes(filter.has("And") ? filter["And"] : filter, object);
}

Time midnight_after(Time from, int64_t days) {
  int64_t end = from.ms + days * lifecycle_day_ms;
  return Time{(end + lifecycle_day_ms - 1) / lifecycle_day_ms * lifecycle_day_ms};
}

std::optional<Time> expiry_by(const Value& rule, const Value& object) {
  const Value& expiration = rule["Expiration"];
  if (expiration.has("Date")) return expiration["Date"].as_time();
  if (!expiration.has("Days")) return std::nullopt;
  return midnight_after(object["LastModified"].as_time(), expiration["Days"].as_int());
}

}  // namespace mainstay::s3
