#include <algorithm>
#include <cctype>

#include "base/text.hh"
#include "services/s3/bucket.hh"
#include "services/s3/notification.hh"

namespace mainstay::s3 {
namespace {

constexpr size_t object_tags_max = 10, bucket_tags_max = 50;

Value version_answer(const Value& bucket, const Value& object) {
  return versioned(bucket) ? Value::map({{"VersionId", object["VersionId"]}}) : Value::map({});
}

}  // namespace

namespace {

// "letters, spaces, and numbers representable in UTF-8, and + - = . _ : / @" (Tag restrictions).
bool is_tag_text(const std::string& text) {
  auto allowed = [](char c) {
    return static_cast<unsigned char>(c) >= 0x80 || std::isalnum(static_cast<unsigned char>(c)) ||
           std::string_view(" +-=._:/@").contains(c);
  };
  return std::ranges::all_of(text, allowed);
}

Error invalid_tag(std::string message, const Value& tag, bool with_value = false) {
  Error error = aws_error("InvalidTag", std::move(message));
  Value fields = Value::map({{"TagKey", tag["Key"]}});
  if (with_value) fields.set("TagValue", tag["Value"]);
  error.fields = std::make_shared<const Value>(std::move(fields));
  return error;
}

Status check_tag_texts(const Value& tags) {
  constexpr size_t key_length_max = 128, value_length_max = 256;
  std::set<std::string_view> seen;
  for (const Value& tag : tags.items()) {
    if (!tag.has("Key") || !tag.has("Value")) return malformed_xml();
    const std::string &key = tag["Key"].as_string(), &value = tag["Value"].as_string();
    if (!seen.insert(key).second)
      return invalid_tag("Cannot provide multiple Tags with the same key", tag);
    if (key.empty() || utf8_length(key) > key_length_max || !is_tag_text(key))
      return invalid_tag("The TagKey you have provided is invalid", tag);
    if (utf8_length(value) > value_length_max || !is_tag_text(value))
      return invalid_tag("The TagValue you have provided is invalid", tag, true);
  }
  return {};
}

Status check_no_system_tags(const Value& tags, const char* message) {
  for (const Value& tag : tags.items())
    if (tag["Key"].as_string().starts_with("aws:")) return invalid_tag(message, tag);
  return {};
}

}  // namespace

Status check_tags(const Value& tags) {
  CHECK_OK(check_tag_texts(tags));
  return check_no_system_tags(tags, "Your TagKey cannot be prefixed with aws:");
}

Status check_bucket_tags(const Call& call, const Value& tags) {
  if (tags.size() > bucket_tags_max)
    return aws_error("BadRequest", "Bucket tag count cannot be greater than 50");
  CHECK_OK(check_tag_texts(tags));
  if (call.caller.may_use_reserved_tags()) return {};
  return check_no_system_tags(tags, "System tags cannot be added/updated by requester");
}

// In the order of their keys (recorded).
Result<Value> tags_from_query(const std::string& text) {
  List tags;
  for (const std::string& pair : split(text, "&")) {
    if (pair.empty()) continue;
    size_t equals = pair.find('=');
    std::string value =
        equals == std::string::npos ? "" : percent_decode(pair.substr(equals + 1), true);
    tags.push_back(
        Value::map({{"Key", percent_decode(pair.substr(0, equals), true)}, {"Value", value}}));
  }
  std::ranges::sort(tags, {}, [](const Value& tag) { return tag["Key"].as_string(); });
  Value out(std::move(tags));
  CHECK_OK(check_tags(out));
  if (out.size() > object_tags_max)
    return aws_error("BadRequest", "Object tags cannot be greater than 10");
  return out;
}

Result<Value> get_object_tagging(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  TRY(Value object, find_object(call, bucket, in));
  return version_answer(bucket, object)
      .set("TagSet", object["_TagSet"].is_list() ? object["_TagSet"] : Value::list());
}

Result<Value> put_object_tagging(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  TRY(Value object, find_object(call, bucket, in));
  CHECK_OK(check_tags(in["Tagging"]["TagSet"]));
  if (in["Tagging"]["TagSet"].size() > object_tags_max)
    return aws_error("BadRequest", "Object tags cannot be greater than 10");
  update_object(call, bucket, object.set("_TagSet", in["Tagging"]["TagSet"]));
  tell_event(call, bucket, "ObjectTagging:Put", object);
  return version_answer(bucket, object);
}

Result<Value> delete_object_tagging(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  TRY(Value object, find_object(call, bucket, in));
  object.erase("_TagSet");
  update_object(call, bucket, object);
  tell_event(call, bucket, "ObjectTagging:Delete", object);
  return version_answer(bucket, object);
}

}  // namespace mainstay::s3
