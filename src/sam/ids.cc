#include "base/digest.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "sam/translation.hh"

namespace mainstay::sam {
namespace {

constexpr size_t hash_size = 10;

}  // namespace

Value reference_to(std::string_view id) {
  return Value::map({{"Ref", id}});
}

Value attribute_of(std::string_view id, std::string_view attribute) {
  return Value::map({{"Fn::GetAtt", Value::list({id, attribute})}});
}

bool is_intrinsic(const Value& v) {
  if (!v.is_map() || v.size() != 1) return false;
  const std::string& name = v.members().nth(0).first;
  return name == "Ref" || name == "Condition" || name.starts_with("Fn::");
}

std::string hash_of_text(std::string_view text) {
  return hex_encode(sha1(text)).substr(0, hash_size);
}

std::string hash_of(const Value& data) {
  return hash_of_text(to_canonical_json(data));
}

Value tag_list(const Value& tags) {
  Value out = Value::list({Value::map({{"Key", "lambda:createdBy"}, {"Value", "SAM"}})});
  for (const auto& [key, value] : tags.members())
    out.push_back(Value::map({{"Key", key}, {"Value", value}}));
  return out;
}

Value code_location(const Value& uri) {
  if (uri.is_map() && uri.has("Bucket") && uri.has("Key")) {
    Value out = Value::map({{"S3Bucket", uri["Bucket"]}, {"S3Key", uri["Key"]}});
    if (uri.has("Version")) out.set("S3ObjectVersion", uri["Version"]);
    return out;
  }
  constexpr std::string_view scheme = "s3://", version = "?versionId=";
  const std::string& text = uri.as_string();
  if (!text.starts_with(scheme)) return {};
  std::string rest = text.substr(scheme.size());
  size_t slash = rest.find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == rest.size()) return {};
  std::string key = rest.substr(slash + 1);
  size_t mark = key.find(version);
  Value out = Value::map({{"S3Bucket", rest.substr(0, slash)}, {"S3Key", key.substr(0, mark)}});
  if (mark != std::string::npos) out.set("S3ObjectVersion", key.substr(mark + version.size()));
  return out;
}

}  // namespace mainstay::sam
