// Condition keys that follow from a request alone. Sources: "AWS global condition context keys" of
// the IAM user guide. What a service's own keys read of a request is data (condition_keys.hh); keys
// that need its state (tags and owners of resources) come from its guard.
#include <algorithm>
#include <array>

#include "actions/input_path.hh"
#include "base/text.hh"
#include "cloud/authorizer.hh"
#include "cloud/call.hh"
#include "cloud/condition_keys.hh"

namespace mainstay::cloud {
namespace {

// Where operations carry tags: lists of Key and Value (KMS: TagKey and TagValue).
constexpr std::array tag_lists{std::string_view("Tags"), std::string_view("AddTags")};
// Where operations that remove tags name their keys.
constexpr std::array tag_key_paths{std::string_view("TagKeys[]"),
                                   std::string_view("RemoveTagKeys[]"),
                                   std::string_view("Tags[].Key")};

void add_tag(policy::Context& context, std::vector<std::string>& keys, const std::string& key,
             const std::string& value) {
  context.set("aws:RequestTag/" + key, value);
  keys.push_back(key);
}

void add_tag_list(policy::Context& context, std::vector<std::string>& keys, const Value& tags) {
  for (const Value& tag : tags.items()) {
    auto [key, value] = tag_pair(tag);
    add_tag(context, keys, key, value);
  }
}

void set_tag_keys(policy::Context& context, std::vector<std::string> keys) {
  if (keys.empty()) return;
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  context.set_list("aws:TagKeys", std::move(keys));
}

// S3's "x-amz-tagging: a=1&b=2".
void add_tag_query(policy::Context& context, std::vector<std::string>& keys,
                   const std::string& query) {
  for (const std::string& pair : split(query, "&")) {
    size_t equals = pair.find('=');
    if (pair.empty() || equals == std::string::npos) continue;
    add_tag(context, keys, percent_decode(pair.substr(0, equals), true),
            percent_decode(pair.substr(equals + 1), true));
  }
}

void add_tags(policy::Context& context, const Call& call, const Value& in) {
  std::vector<std::string> keys;
  for (std::string_view member : tag_lists) add_tag_list(context, keys, in[member]);
  for (const auto& [key, value] : in["Tags"].members())
    add_tag(context, keys, key, value.as_string());
  if (call.service.name == "s3") {
    add_tag_list(context, keys, in["Tagging"]["TagSet"]);
    add_tag_query(context, keys, in["Tagging"].as_string());
    for (const std::string& key : keys)
      if (const auto* entry = context.find("aws:RequestTag/" + key))
        context.set("s3:RequestObjectTag/" + key, std::string(entry->values[0]));
    if (!keys.empty()) context.set_list("s3:RequestObjectTagKeys", keys);
  }
  if (keys.empty())
    for (std::string_view path : tag_key_paths)
      for (std::string& key : actions::values_at(in, path)) keys.push_back(std::move(key));
  set_tag_keys(context, std::move(keys));
}

void add_kms_keys(policy::Context& context, const Call& call, const Value& in) {
  context.set("kms:CallerAccount", call.caller.account);
  context.set("kms:GrantIsForAWSResource", call.caller.via.empty() ? "false" : "true");
  if (!call.caller.via.empty()) {
    // "s3.amazonaws.com" asks as "s3.us-east-1.amazonaws.com".
    const std::string via = call.caller.asking_service();
    size_t dot = via.find('.');
    context.set("kms:ViaService", via.substr(0, dot) + "." + call.region + via.substr(dot));
  }
  for (const auto& [key, value] : in["EncryptionContext"].members())
    context.set("kms:EncryptionContext:" + key, value.as_string());
}

}  // namespace

void add_specified_tags(policy::Context& context, const Value& in, std::string_view type) {
  std::vector<std::string> keys;
  for (const Value& specification : in["TagSpecifications"].items())
    if (specification["ResourceType"].as_string() == type)
      add_tag_list(context, keys, specification["Tags"]);
  set_tag_keys(context, std::move(keys));
}

void add_request_keys(policy::Context& context, const Call& call, const Value& in) {
  context.set("aws:CurrentTime", format_iso8601(call.now));
  context.set("aws:EpochTime", std::to_string(call.now.ms / 1000));
  context.set("aws:RequestedRegion", call.region);
  ConditionKeys::table().add_of_request(context, call, in);
  add_tags(context, call, in);
  if (call.service.name == "kms") add_kms_keys(context, call, in);
}

}  // namespace mainstay::cloud
