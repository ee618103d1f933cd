// Groups: retention, tags, keys, and what they are answered as. Words from recorded answers
// (tests/clients/test_logs.py).
#include "services/logs/group.hh"

#include <algorithm>
#include <array>

#include "base/text.hh"
#include "cloud/tags.hh"
#include "services/logs/event.hh"
#include "services/logs/handlers.hh"
#include "wire/arn.hh"

namespace mainstay::logs {

const cloud::PageWords page_words{.token_in = "nextToken",
                                  .token_out = "nextToken",
                                  .limit = "limit",
                                  .size_default = 50,
                                  .size_max = 50,
                                  .bad_token_code = "InvalidParameterException",
                                  .bad_token = "The specified nextToken is invalid."};

const cloud::ResourceKind group_kind{.table = "group",
                                     .list = "logGroups",
                                     .missing_code = "ResourceNotFoundException",
                                     .missing = "The specified log group does not exist.",
                                     .pages = page_words};

namespace {

constexpr cloud::TagRules tag_rules{.too_many_code = "TooManyTagsException",
                                    .too_many = "A resource can have no more than 50 tags.",
                                    .reserved_code = "InvalidParameterException",
                                    .reserved = "Tag keys must not begin with aws:."};

// "Possible values are" (PutRetentionPolicy).
constexpr std::array retention_days{1,   3,   5,   7,   14,   30,   60,   90,   120,  150,  180,
                                    365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653};

Value shown_group(const Call& call, const Value& group) {
  Value out = Value::map({});
  for (const auto& [name, value] : group.members())
    if (!name.starts_with('_')) out.set(name, value);
  const std::string arn = group_arn(call, group["logGroupName"].as_string());
  const std::string filters = group["_Id"].as_string() + "/";
  int64_t count = 0;
  const store::Documents& all = call.all("metric-filter");
  for (auto it = all.lower_bound(filters); it != all.end() && it->first.starts_with(filters); ++it)
    ++count;
  return out.set("arn", arn + ":*")
      .set("logGroupArn", arn)
      .set("storedBytes", group["_Bytes"])
      .set("metricFilterCount", count);
}

// The group that an ARN names, with or without ":*".
Result<Value> find_tagged(const Call& call, const Value& in) {
  auto arn = wire::parse_arn(in["resourceArn"].as_string());
  if (!arn.has_value() || arn->service != "logs" || !arn->resource.starts_with("log-group:"))
    return invalid("Invalid resource ARN: " + in["resourceArn"].as_string());
  std::string name = arn->resource.substr(arn->resource.find(':') + 1);
  if (name.ends_with(":*")) name.resize(name.size() - 2);
  return cloud::find_resource(call, group_kind, name);
}

Result<Value> tag(Call& call, Result<Value> found, const Value& tags) {
  TRY(Value group, std::move(found));
  CHECK_OK(cloud::add_tags(call, group, tags, tag_rules));
  put_group(call, group);
  return Value::map({});
}

Result<Value> untag(Call& call, Result<Value> found, const Value& keys) {
  TRY(Value group, std::move(found));
  cloud::remove_tags(group, keys);
  put_group(call, group);
  return Value::map({});
}

Result<Value> tags_of(Result<Value> found) {
  TRY(Value group, std::move(found));
  return Value::map({{"tags", cloud::tags_as_map(group["_Tags"])}});
}

bool has_pattern(const Value& group, const std::string& pattern) {
  return to_lower(group["logGroupName"].as_string()).contains(to_lower(pattern));
}

cloud::Listing listing_of(const Value& in) {
  cloud::Listing out;
  out.prefix = in["logGroupNamePrefix"].as_string();
  out.has = [pattern = in["logGroupNamePattern"].as_string(),
             kind = in["logGroupClass"]](const Value& group) {
    return has_pattern(group, pattern) && (kind.is_null() || group["logGroupClass"] == kind);
  };
  return out;
}

}  // namespace

Error invalid(std::string message) {
  return aws_error("InvalidParameterException", std::move(message));
}

std::string group_arn(const Call& call, const std::string& name) {
  return call.arn("log-group:" + name);
}

Result<Value> find_group(const Call& call, const Value& in) {
  if (in.has("logGroupName") && in.has("logGroupIdentifier"))
    return aws_error("ValidationException",
                     "LogGroup name and LogGroup ARN are mutually exclusive parameters.");
  std::string name = in[in.has("logGroupName") ? "logGroupName" : "logGroupIdentifier"].as_string();
  if (auto arn = wire::parse_arn(name); arn.has_value())
    name = arn->resource.substr(arn->resource.find(':') + 1);
  if (name.ends_with(":*")) name.resize(name.size() - 2);
  return cloud::find_resource(call, group_kind, name);
}

void put_group(Call& call, const Value& group) {
  call.put("group", group["logGroupName"].as_string(), group);
}

Result<Value> create_log_group(Call& call, const Value& in) {
  const std::string& name = in["logGroupName"].as_string();
  if (call.find("group", name))
    return aws_error("ResourceAlreadyExistsException", "The specified log group already exists");
  Value group = Value::map(
      {{"logGroupName", name},
       {"creationTime", call.now.ms},
       {"logGroupClass", in.has("logGroupClass") ? in["logGroupClass"] : Value("STANDARD")},
       {"deletionProtectionEnabled", in["deletionProtectionEnabled"].as_bool()},
       {"_Id", call.random.hex(12)},
       {"_Tags", Value::list()},
       {"_Bytes", 0}});
  if (in.has("kmsKeyId")) group.set("kmsKeyId", in["kmsKeyId"]);
  CHECK_OK(cloud::add_tags(call, group, in["tags"], tag_rules));
  put_group(call, group);
  return Value::map({});
}

Result<Value> delete_log_group(Call& call, const Value& in) {
  TRY(Value group, find_group(call, in));
  if (group["deletionProtectionEnabled"].as_bool())
    return aws_error("ValidationException",
                     "The log group has deletion protection enabled and cannot be deleted.");
  const std::string prefix = stream_prefix(group);
  std::vector<Value> streams;
  const store::Documents& all = call.all("stream");
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it)
    streams.push_back(it->second);
  for (const Value& stream : streams) remove_stream(call, group, stream);
  for (const char* table : {"metric-filter", "subscription-filter"}) {
    std::vector<std::string> ids;
    const store::Documents& filters = call.all(table);
    for (auto it = filters.lower_bound(prefix);
         it != filters.end() && it->first.starts_with(prefix); ++it)
      ids.push_back(it->first);
    for (const std::string& id : ids) call.remove(table, id);
  }
  call.cancel_timer(expiry_timer(group));
  call.remove("group", group["logGroupName"].as_string());
  return Value::map({});
}

Result<Value> describe_log_groups(Call& call, const Value& in) {
  if (in.has("logGroupNamePrefix") && in.has("logGroupNamePattern"))
    return invalid(
        "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
  cloud::Listing listing = listing_of(in);
  listing.show = [&](const Value& group) { return shown_group(call, group); };
  return cloud::list_resources(call, group_kind, in, listing);
}

Result<Value> list_log_groups(Call& call, const Value& in) {
  cloud::Listing listing = listing_of(in);
  listing.show = [&](const Value& group) {
    return Value::map({{"logGroupName", group["logGroupName"]},
                       {"logGroupArn", group_arn(call, group["logGroupName"].as_string())},
                       {"logGroupClass", group["logGroupClass"]}});
  };
  return cloud::list_resources(call, group_kind, in, listing);
}

Result<Value> put_retention_policy(Call& call, const Value& in) {
  TRY(Value group, find_group(call, in));
  int64_t days = in["retentionInDays"].as_int();
  if (std::find(retention_days.begin(), retention_days.end(), days) == retention_days.end())
    return invalid("Invalid retention value: " + std::to_string(days) +
                   ". Possible values are those of PutRetentionPolicy.");
  put_group(call, group.set("retentionInDays", days));
  watch_expiry(call, group);
  return Value::map({});
}

Result<Value> delete_retention_policy(Call& call, const Value& in) {
  TRY(Value group, find_group(call, in));
  group.erase("retentionInDays");
  put_group(call, group);
  call.cancel_timer(expiry_timer(group));
  return Value::map({});
}

// Kept and shown; events are not encrypted.
Result<Value> associate_kms_key(Call& call, const Value& in) {
  TRY(Value group, find_group(call, in));
  put_group(call, group.set("kmsKeyId", in["kmsKeyId"]));
  return Value::map({});
}

Result<Value> disassociate_kms_key(Call& call, const Value& in) {
  TRY(Value group, find_group(call, in));
  group.erase("kmsKeyId");
  put_group(call, group);
  return Value::map({});
}

Result<Value> put_deletion_protection(Call& call, const Value& in) {
  TRY(Value group, find_group(call, in));
  put_group(call, group.set("deletionProtectionEnabled", in["deletionProtectionEnabled"]));
  return Value::map({});
}

Result<Value> tag_log_group(Call& call, const Value& in) {
  return tag(call, find_group(call, in), in["tags"]);
}
Result<Value> untag_log_group(Call& call, const Value& in) {
  return untag(call, find_group(call, in), in["tags"]);
}
Result<Value> list_tags_log_group(Call& call, const Value& in) {
  return tags_of(find_group(call, in));
}
Result<Value> tag_resource(Call& call, const Value& in) {
  return tag(call, find_tagged(call, in), in["tags"]);
}
Result<Value> untag_resource(Call& call, const Value& in) {
  return untag(call, find_tagged(call, in), in["tagKeys"]);
}
Result<Value> list_tags_for_resource(Call& call, const Value& in) {
  return tags_of(find_tagged(call, in));
}

}  // namespace mainstay::logs
