// Storage classes, and objects that must be restored before they are read ("Using Amazon S3 storage
// classes", "Restoring an archived object", S3 user guide; RestoreObject, API reference).
#include <algorithm>

#include "services/s3/bucket.hh"
#include "services/s3/notification.hh"
#include "services/s3/restore.hh"

namespace mainstay::s3 {
namespace {

// Those that a request may ask for: not those of Outposts and directory buckets (recorded).
constexpr std::string_view storage_classes[] = {"STANDARD",     "REDUCED_REDUNDANCY", "STANDARD_IA",
                                                "ONEZONE_IA",   "GLACIER_IR",         "GLACIER",
                                                "DEEP_ARCHIVE", "INTELLIGENT_TIERING"};

constexpr int64_t minute_ms = 60'000, hour_ms = 60 * minute_ms, restored_day_ms = 24 * hour_ms;

// How long a restoration takes at most ("Archive retrieval options").
struct Retrieval {
  std::string_view storage_class, tier;
  int64_t ms;
};
constexpr Retrieval retrievals[] = {{"GLACIER", "Expedited", 5 * minute_ms},
                                    {"GLACIER", "Standard", 5 * hour_ms},
                                    {"GLACIER", "Bulk", 12 * hour_ms},
                                    {"DEEP_ARCHIVE", "Standard", 12 * hour_ms},
                                    {"DEEP_ARCHIVE", "Bulk", 48 * hour_ms}};

bool is_archived(const Value& object) {
  const std::string& name = object["StorageClass"].as_string();
  return name == "GLACIER" || name == "DEEP_ARCHIVE";
}

Error invalid_state(const Value& object, std::string message) {
  Error error = aws_error("InvalidObjectState", std::move(message), 403);
  error.fields = std::make_shared<const Value>(Value::map(
      {{"StorageClass", object.has("StorageClass") ? object["StorageClass"] : Value("STANDARD")}}));
  return error;
}

Result<Retrieval> retrieval_of(const Value& object, const Value& request) {
  std::string tier = request["GlacierJobParameters"]["Tier"].as_string();
  if (tier.empty()) tier = request["Tier"].as_string();
  if (tier.empty()) tier = "Standard";
  for (const Retrieval& row : retrievals)
    if (row.storage_class == object["StorageClass"].as_string() && row.tier == tier) return row;
  return invalid_argument("The retrieval tier is not valid for the object's storage class", "Tier",
                          tier);
}

// "The expiry date is at midnight UTC after the days have passed".
Time end_of_days(Time from, int64_t days) {
  int64_t end = from.ms + days * restored_day_ms;
  return Time{(end / restored_day_ms + 1) * restored_day_ms};
}

// The version that a timer is about, if it is still there.
struct Restored {
  Value bucket, object;
};
std::optional<Restored> restored_of(Call& call, const Value& what) {
  const Value* bucket = call.find("bucket", what["Bucket"].as_string());
  if (!bucket) return std::nullopt;
  auto object = find_object(call, *bucket, what);
  if (!object.has_value() || (*object)["_Order"] != what["Order"]) return std::nullopt;
  return Restored{*bucket, std::move(*object)};
}

}  // namespace

Status check_storage_class(const Value& in) {
  const Value& asked = in["StorageClass"];
  if (asked.is_null() ||
      std::ranges::find(storage_classes, asked.as_string()) != std::end(storage_classes))
    return {};
  Error error = aws_error("InvalidStorageClass", "The storage class you specified is not valid");
  error.fields = std::make_shared<const Value>(Value::map({{"StorageClassRequested", asked}}));
  return error;
}

bool is_readable(const Value& object, Time now) {
  return !is_archived(object) || now < object["_RestoredUntil"].as_time();
}

Status check_readable(const Call& call, const Value& object) {
  if (is_readable(object, call.now)) return {};
  return invalid_state(object, "The operation is not valid for the object's storage class");
}

Result<Value> restore_object(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  TRY(Value object, find_object(call, bucket, in));
  const Value& request = in["RestoreRequest"];
  if (request.has("Type") || request.has("SelectParameters"))
    return aws_error("NotImplemented",
                     "mainstay's embedded cloud restores objects, and selects nothing from them",
                     501);
  if (!is_archived(object))
    return invalid_state(object, "Restore is not allowed for the object's current storage class");
  int64_t days = request["Days"].as_int();
  if (days < 1) return malformed_xml();
  if (object["Restore"].as_string().contains("true"))
    return aws_error("RestoreAlreadyInProgress", "Object restore is already in progress", 409);
  Value what = Value::map({{"Bucket", in["Bucket"]},
                           {"Key", in["Key"]},
                           {"VersionId", object["VersionId"]},
                           {"Order", object["_Order"]},
                           {"Days", days}});
  if (call.now < object["_RestoredUntil"].as_time()) {
    CHECK_OK(finish_restore(call, what));
    return Value::map({{":status", 200}});
  }
  TRY(Retrieval retrieval, retrieval_of(object, request));
  object.set("Restore", "ongoing-request=\"true\"");
  update_object(call, bucket, object);
  tell_event(call, bucket, "ObjectRestore:Post", object);
  call.after(call.duration(retrieval.ms), "finish restore", std::move(what));
  return Value::map({{":status", 202}});
}

Status finish_restore(Call& call, const Value& what) {
  auto found = restored_of(call, what);
  if (!found) return {};
  auto& [bucket, object] = *found;
  bool is_new = !object.has("_RestoredUntil");
  Time until = end_of_days(call.now, what["Days"].as_int());
  object.set("_RestoredUntil", until)
      .set("Restore", "ongoing-request=\"false\", expiry-date=\"" + format_http_date(until) + "\"");
  update_object(call, bucket, object);
  if (is_new) tell_event(call, bucket, "ObjectRestore:Completed", object);
  call.at(until, "end restore", what);
  return {};
}

Status end_restore(Call& call, const Value& what) {
  auto found = restored_of(call, what);
  if (!found || call.now < found->object["_RestoredUntil"].as_time()) return {};
  auto& [bucket, object] = *found;
  object.erase("_RestoredUntil");
  object.erase("Restore");
  update_object(call, bucket, object);
  tell_event(call, bucket, "ObjectRestore:Delete", object);
  return {};
}

}  // namespace mainstay::s3
