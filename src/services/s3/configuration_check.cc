#include "services/s3/configuration_check.hh"

#include <algorithm>

#include "base/text.hh"
#include "services/s3/bucket.hh"
#include "wire/arn.hh"

namespace mainstay::s3 {
namespace {

bool is_one_of(const Value& v, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, v.as_string()) != words.end();
}

Error invalid_cors(std::string message) {
  return aws_error("InvalidRequest", std::move(message));
}

Status check_cors_rule(const Value& rule) {
  for (const Value& method : rule["AllowedMethods"].items()) {
    const std::string& name = method.as_string();
    if (name != "GET" && name != "PUT" && name != "POST" && name != "DELETE" && name != "HEAD")
      return invalid_cors("Found unsupported HTTP method in CORS config. Unsupported method is " +
                          name);
  }
  struct {
    const char *member, *word;
  } patterns[] = {{"AllowedOrigins", "AllowedOrigin"}, {"AllowedHeaders", "AllowedHeader"}};
  for (const auto& [member, word] : patterns)
    for (const Value& pattern : rule[member].items())
      if (std::ranges::count(pattern.as_string(), '*') > 1)
        return invalid_cors(std::string(word) + " \"" + pattern.as_string() +
                            "\" can not have more than one wildcard.");
  for (const Value& name : rule["ExposeHeaders"].items())
    if (name.as_string().contains('*'))
      return invalid_cors("ExposeHeader \"" + name.as_string() +
                          "\" contains wildcard. We currently do not support wildcard for "
                          "ExposeHeader.");
  return {};
}

}  // namespace

// A browser's requests are then judged by them (cloud/web_guard.hh). At most a hundred rules ("CORS
// configuration", S3 user guide).
Status check_cors(const Value& in) {
  constexpr size_t rules_max = 100;
  const List& rules = in["CORSConfiguration"]["CORSRules"].items();
  if (rules.empty()) return malformed_xml();
  if (rules.size() > rules_max)
    return invalid_cors("The number of CORS rules should not exceed allowed limit of 100 rules.");
  for (const Value& rule : rules) CHECK_OK(check_cors_rule(rule));
  return {};
}

Status check_ownership(const Value& in) {
  const Value& rules = in["OwnershipControls"]["Rules"];
  bool is_good = rules.size() == 1 &&
                 is_one_of(rules.at(0)["ObjectOwnership"],
                           {"BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"});
  return is_good ? Status() : Status(malformed_xml());
}

Status check_accelerate(const Value& in) {
  if (in["Bucket"].as_string().contains('.'))
    return aws_error("InvalidRequest",
                     "S3 Transfer Acceleration is not supported for buckets with periods (.) in "
                     "their names");
  bool is_good = is_one_of(in["AccelerateConfiguration"]["Status"], {"Enabled", "Suspended"});
  return is_good ? Status() : Status(malformed_xml());
}

Status check_payment(const Value& in) {
  bool is_good =
      is_one_of(in["RequestPaymentConfiguration"]["Payer"], {"Requester", "BucketOwner"});
  return is_good ? Status() : Status(malformed_xml());
}

namespace {

Error no_website(std::string message, const char* name) {
  return invalid_argument(std::move(message), name, "");
}

Status check_routing_rule(const Value& rule) {
  const Value &redirect = rule["Redirect"], &condition = rule["Condition"];
  if (!redirect.is_map()) return malformed_xml();
  if (redirect.has("ReplaceKeyWith") && redirect.has("ReplaceKeyPrefixWith"))
    return aws_error("InvalidRequest",
                     "You can only define ReplaceKeyPrefix or ReplaceKey but not both.");
  if (rule.has("Condition") && condition.empty())
    return aws_error("InvalidRequest",
                     "Condition cannot be empty. To redirect all requests without a condition, the "
                     "condition element shouldn't be present.");
  if (redirect.has("Protocol") && !is_one_of(redirect["Protocol"], {"http", "https"}))
    return aws_error("InvalidRequest",
                     "Invalid protocol, protocol can be http or https. If not defined the "
                     "protocol will be selected automatically.");
  if (const Value& code = condition["HttpErrorCodeReturnedEquals"]; !code.is_null()) {
    auto number = parse_int(code.as_string());
    if (!number || *number < 400 || *number >= 600)
      return aws_error("InvalidRequest", "The provided HTTP error code (" + code.as_string() +
                                             ") is not valid. Valid codes are 4XX or 5XX.");
  }
  if (const Value& code = redirect["HttpRedirectCode"]; !code.is_null()) {
    auto number = parse_int(code.as_string());
    if (!number || *number < 301 || *number >= 400)
      return aws_error("InvalidRequest", "The provided HTTP redirect code (" + code.as_string() +
                                             ") is not valid. Valid codes are 3XX except 300.");
  }
  return {};
}

}  // namespace

// "PutBucketWebsite", API reference. At most 50 routing rules.
Status check_website(const Value& in) {
  constexpr size_t routing_rules_max = 50;
  const Value& website = in["WebsiteConfiguration"];
  if (website.has("RedirectAllRequestsTo")) {
    if (website.size() > 1)
      return no_website(
          "RedirectAllRequestsTo cannot be provided in conjunction with other "
          "Routing Rules.",
          "RedirectAllRequestsTo");
    const Value& protocol = website["RedirectAllRequestsTo"]["Protocol"];
    if (!protocol.is_null() && !is_one_of(protocol, {"http", "https"}))
      return aws_error("InvalidRequest",
                       "Invalid protocol, protocol can be http or https. If not defined the "
                       "protocol will be selected automatically.");
    return website["RedirectAllRequestsTo"].has("HostName") ? Status() : Status(malformed_xml());
  }
  if (!website.has("IndexDocument"))
    return no_website(
        "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo "
        "is empty",
        "IndexDocument");
  const std::string& suffix = website["IndexDocument"]["Suffix"].as_string();
  if (suffix.empty() || suffix.contains('/'))
    return no_website("The IndexDocument Suffix is not well formed", "IndexDocument");
  if (website.has("ErrorDocument") && website["ErrorDocument"]["Key"].as_string().empty())
    return no_website("The ErrorDocument Key is not well formed", "ErrorDocument");
  if (website["RoutingRules"].size() > routing_rules_max)
    return no_website("The number of routing rules must not exceed the allowed limit of 50 rules.",
                      "RoutingRules");
  for (const Value& rule : website["RoutingRules"].items()) CHECK_OK(check_routing_rule(rule));
  return {};
}

Status check_logging(const Value& in) {
  const Value& enabled = in["BucketLoggingStatus"]["LoggingEnabled"];
  if (enabled.is_null()) return {};
  if (enabled["TargetBucket"].as_string().empty() || !enabled.has("TargetPrefix"))
    return malformed_xml();
  for (const Value& grant : enabled["TargetGrants"].items())
    if (!is_one_of(grant["Permission"], {"FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP"}))
      return malformed_xml();
  return {};
}

// "PutBucketReplication", API reference. At most 1,000 rules.
Status check_replication(const Value& in) {
  constexpr size_t rules_max = 1000;
  const Value& configuration = in["ReplicationConfiguration"];
  auto role = wire::parse_arn(configuration["Role"].as_string());
  if (!role.has_value() || role->service != "iam")
    return invalid_argument("Invalid Role specified in replication configuration", "Role",
                            configuration["Role"].as_string());
  const List& rules = configuration["Rules"].items();
  if (rules.empty() || rules.size() > rules_max) return malformed_xml();
  for (const Value& rule : rules) {
    if (!is_one_of(rule["Status"], {"Enabled", "Disabled"})) return malformed_xml();
    if (rule.has("Filter") && rule.has("Prefix")) return malformed_xml();
    if (rule.has("Filter") && (!rule.has("Priority") || !rule.has("DeleteMarkerReplication")))
      return aws_error("InvalidRequest",
                       "Priority and DeleteMarkerReplication must be specified for this version of "
                       "Cross Region Replication configuration schema.");
    auto destination = wire::parse_arn(rule["Destination"]["Bucket"].as_string());
    if (!destination.has_value() || destination->service != "s3")
      return invalid_argument("Invalid bucket ARN", "Destination",
                              rule["Destination"]["Bucket"].as_string());
  }
  return {};
}

}  // namespace mainstay::s3
