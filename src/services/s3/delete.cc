#include "services/s3/bucket.hh"

namespace mainstay::s3 {
namespace {

// "Conditional delete evaluations only apply to the current version of the object" (S3 user guide,
// "How to perform conditional deletes").
Status check_delete_condition(Call& call, const Value& bucket, std::string_view key,
                              const Value& etag) {
  if (etag.is_null()) return {};
  const Value* current = call.find("object", object_id(bucket["Name"].as_string(), key));
  static const Value nothing;
  return check_conditions(Value::map({{"IfMatch", etag}}),
                          current && !(*current)["_Marker"].as_bool() ? *current : nothing, "");
}

// One key of DeleteObjects is allowed or refused by itself ("the action is deleted, or an error if
// denied": S3 API reference, DeleteObjects).
Result<Value> delete_one(Call& call, const Value& bucket, const Value& in, const Value& named) {
  Value part = Value::map({{"Bucket", in["Bucket"]}, {"Key", named["Key"]}});
  for (const char* member : {"BypassGovernanceRetention", "MFA"})
    if (in.has(member)) part.set(member, in[member]);
  Value row = Value::map({{"Key", named["Key"]}});
  std::optional<std::string> version;
  if (named.has("VersionId")) {
    version = named["VersionId"].as_string();
    part.set("VersionId", *version);
    row.set("VersionId", *version);
  }
  CHECK_OK(call.may("DeleteObject", part));
  CHECK_OK(check_delete_condition(call, bucket, named["Key"].as_string(), named["ETag"]));
  if (version) CHECK_OK(check_unlocked(call, bucket, part));
  Value result = delete_version(call, bucket, named["Key"].as_string(), version);
  if (result["DeleteMarker"].as_bool())
    row.set("DeleteMarker", true).set("DeleteMarkerVersionId", result["VersionId"]);
  return row;
}

}  // namespace

Result<Value> delete_object(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  CHECK_OK(check_key(in));
  // Of directory buckets alone (API reference; recorded).
  if (in.has("IfMatchLastModifiedTime"))
    return not_implemented_header("x-amz-if-match-last-modified-time");
  if (in.has("IfMatchSize")) return not_implemented_header("x-amz-if-match-size");
  CHECK_OK(check_delete_condition(call, bucket, in["Key"].as_string(), in["IfMatch"]));
  std::optional<std::string> version;
  if (in.has("VersionId")) version = in["VersionId"].as_string();
  if (version) CHECK_OK(check_version_id(*version));
  if (version) CHECK_OK(check_unlocked(call, bucket, in));
  return delete_version(call, bucket, in["Key"].as_string(), version);
}

Result<Value> delete_objects(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  const Value& objects = in["Delete"]["Objects"];
  if (objects.empty() || objects.size() > keys_max) return malformed_xml();
  Value deleted = Value::list(), errors = Value::list();
  for (const Value& named : objects.items()) {
    if (auto row = delete_one(call, bucket, in, named); row.has_value()) {
      deleted.push_back(std::move(*row));
    } else {
      Value error = Value::map(
          {{"Key", named["Key"]}, {"Code", row.error().code}, {"Message", row.error().message}});
      if (named.has("VersionId")) error.set("VersionId", named["VersionId"]);
      errors.push_back(std::move(error));
    }
  }
  Value out = Value::map({});
  if (!in["Delete"]["Quiet"].as_bool() && !deleted.empty()) out.set("Deleted", std::move(deleted));
  if (!errors.empty()) out.set("Errors", std::move(errors));
  return out;
}

}  // namespace mainstay::s3
