#include "cloud/tags.hh"

#include <set>
#include <string>

#include "cloud/call.hh"
#include "cloud/paging.hh"

namespace mainstay::cloud {

Value tags_of_request(const Value& given) {
  Value out = Value::list();
  for (const auto& [key, value] : given.members())
    out.push_back(Value::map({{"Key", key}, {"Value", value}}));
  for (const Value& tag : given.items())
    out.push_back(
        tag.has("TagKey") ? Value::map({{"Key", tag["TagKey"]}, {"Value", tag["TagValue"]}}) : tag);
  return out;
}

Value tags_as_map(const Value& tags) {
  Value out = Value::map({});
  for (const Value& tag : tags.items()) out.set(tag["Key"].as_string(), tag["Value"]);
  return out;
}

Status add_tags(const Call& call, Value& document, const Value& given, const TagRules& rules) {
  Value added = tags_of_request(given);
  std::set<std::string_view> seen;
  for (const Value& tag : added.items()) {
    const std::string& key = tag["Key"].as_string();
    bool is_reserved = key.starts_with("aws:") && !call.caller.may_use_reserved_tags();
    if (is_reserved && !rules.reserved_code.empty())
      return aws_error(std::string(rules.reserved_code), std::string(rules.reserved));
    if (!seen.insert(key).second && !rules.duplicate_code.empty())
      return aws_error(std::string(rules.duplicate_code), std::string(rules.duplicate));
  }
  Value tags = merge_tags(document["_Tags"], added);
  size_t own = 0;
  for (const Value& tag : tags.items()) own += !tag["Key"].as_string().starts_with("aws:");
  if (own > rules.most)
    return aws_error(std::string(rules.too_many_code), std::string(rules.too_many));
  document.set("_Tags", std::move(tags));
  return {};
}

void remove_tags(Value& document, const Value& keys) {
  document.set("_Tags", without_tags(document["_Tags"], keys));
}

}  // namespace mainstay::cloud
