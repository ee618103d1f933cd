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

Status check_tags(const Value& tags) {
  if (tags.size() > bucket_tags_max)
    return aws_error("BadRequest",
                     "Object tags cannot be greater than " + std::to_string(bucket_tags_max));
  std::set<std::string_view> seen;
  for (const Value& tag : tags.items()) {
    const std::string& key = tag["Key"].as_string();
    if (key.empty() || key.size() > 128 * 4)
      return aws_error("InvalidTag", "The TagKey you have provided is invalid");
    if (tag["Value"].as_string().size() > 256 * 4)
      return aws_error("InvalidTag", "The TagValue you have provided is invalid");
    if (!seen.insert(key).second)
      return aws_error("InvalidTag", "Cannot provide multiple Tags with the same key");
  }
  return {};
}

Result<Value> tags_from_query(const std::string& text) {
  Value out = Value::list();
  for (const std::string& pair : split(text, "&")) {
    if (pair.empty()) continue;
    size_t equals = pair.find('=');
    std::string value =
        equals == std::string::npos ? "" : percent_decode(pair.substr(equals + 1), true);
    out.push_back(
        Value::map({{"Key", percent_decode(pair.substr(0, equals), true)}, {"Value", value}}));
  }
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
