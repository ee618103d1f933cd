// Storage classes, and objects that must be restored before they are read ("Using Amazon S3 storage
// classes", "Restoring an archived object", S3 user guide).
#include <algorithm>

#include "services/s3/bucket.hh"

namespace mainstay::s3 {
namespace {

// Those that a request may ask for: not those of Outposts and directory buckets (recorded).
constexpr std::string_view storage_classes[] = {"STANDARD",     "REDUCED_REDUNDANCY", "STANDARD_IA",
                                                "ONEZONE_IA",   "GLACIER_IR",         "GLACIER",
                                                "DEEP_ARCHIVE", "INTELLIGENT_TIERING"};

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

}  // namespace mainstay::s3
