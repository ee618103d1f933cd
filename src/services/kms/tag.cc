#include <algorithm>

#include "base/text.hh"
#include "services/kms/handlers.hh"

namespace mainstay::kms {
namespace {

constexpr size_t tags_max = 50;

}  // namespace

Status check_tags(const Value& tags) {
  std::set<std::string> seen;
  for (const Value& tag : tags.items()) {
    const std::string& key = tag["TagKey"].as_string();
    if (to_lower(key.substr(0, 4)) == "aws:")
      return aws_error("TagException", "Tags beginning with aws: are reserved");
    if (!seen.insert(key).second) return aws_error("TagException", "Duplicate tag keys");
  }
  if (tags.size() > tags_max) return aws_error("TagException", "Too many tags");
  return {};
}

Result<Value> tag_resource(Call& call, const Value& in) {
  TRY(Value key, find_own_key(call, in));
  CHECK_OK(check_not_pending(key));
  CHECK_OK(check_tags(in["Tags"]));
  Value tags = cloud::merge_tags(key["_Tags"], in["Tags"], "TagKey");
  if (tags.size() > tags_max) return aws_error("TagException", "Too many tags");
  put_key(call, key.set("_Tags", std::move(tags)));
  return Value::map({});
}

Result<Value> untag_resource(Call& call, const Value& in) {
  TRY(Value key, find_own_key(call, in));
  CHECK_OK(check_not_pending(key));
  put_key(call, key.set("_Tags", cloud::without_tags(key["_Tags"], in["TagKeys"], "TagKey")));
  return Value::map({});
}

Result<Value> list_resource_tags(Call& call, const Value& in) {
  TRY(Value key, find_readable_key(call, in));
  List tags = key["_Tags"].items();
  std::sort(tags.begin(), tags.end(), [](const Value& a, const Value& b) {
    return a["TagKey"].as_string() < b["TagKey"].as_string();
  });
  return page(in, std::move(tags), "Tags", "TagKey", 50);
}

}  // namespace mainstay::kms
