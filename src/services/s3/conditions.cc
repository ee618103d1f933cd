#include <algorithm>

#include "base/text.hh"
#include "services/s3/bucket.hh"

namespace mainstay::s3 {
namespace {

bool same_etag(std::string_view asked, const std::string& etag) {
  for (const std::string& part : split(asked, ",")) {
    std::string_view one = trim(part);
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == "*" || one == etag || "\"" + std::string(one) + "\"" == etag) return true;
  }
  return false;
}

Error precondition_failed(std::string condition) {
  Error error = aws_error("PreconditionFailed",
                          "At least one of the pre-conditions you specified did not hold", 412);
  error.fields = std::make_shared<const Value>(Value::map({{"Condition", condition}}));
  return error;
}

// HTTP dates have whole seconds.
int64_t seconds(const Value& time) {
  return time.as_time().ms / 1000;
}

}  // namespace

// RFC 7232, and the two combinations that GetObject documents: If-Match that holds outweighs
// If-Unmodified-Since, If-None-Match that does not hold outweighs If-Modified-Since.
Status check_conditions(const Value& in, const Value& object, std::string_view prefix) {
  auto member = [&](const char* name) -> const Value& { return in[std::string(prefix) + name]; };
  const std::string& etag = object["ETag"].as_string();
  bool copying = !prefix.empty();
  const std::string words = copying ? "x-amz-copy-source-" : "";
  Error not_modified("NotModified", "Not Modified", 304);
  if (const Value& match = member("IfMatch"); !match.is_null()) {
    if (object.is_null() || !same_etag(match.as_string(), etag))
      return precondition_failed(words + "If-Match");
  } else if (const Value& since = member("IfUnmodifiedSince"); !since.is_null()) {
    if (seconds(object["LastModified"]) > seconds(since))
      return precondition_failed(words + "If-Unmodified-Since");
  }
  if (const Value& match = member("IfNoneMatch"); !match.is_null()) {
    if (same_etag(match.as_string(), etag))
      return copying ? precondition_failed(words + "If-None-Match") : not_modified;
  } else if (const Value& since = member("IfModifiedSince"); !since.is_null()) {
    if (seconds(object["LastModified"]) <= seconds(since))
      return copying ? precondition_failed(words + "If-Modified-Since") : not_modified;
  }
  return {};
}

// Each by itself, and only as S3 takes it: "If-None-Match: *", "If-Match: ETAG" (recorded).
Status check_write_headers(const Value& in) {
  bool both = in.has("IfMatch") && in.has("IfNoneMatch");
  if (both)
    return not_implemented_header("If-Match,If-None-Match",
                                  "Multiple conditional request headers present in the request");
  if (in.has("IfNoneMatch") && in["IfNoneMatch"].as_string() != "*")
    return not_implemented_header(
        "If-None-Match", "We don't accept the provided value of If-None-Match header for this API");
  if (in["IfMatch"].as_string() == "*")
    return not_implemented_header(
        "If-Match", "We don't accept the provided value of If-Match header for this API");
  return {};
}

Status check_write_conditions(const Value& in, const Value* current) {
  CHECK_OK(check_write_headers(in));
  bool exists = current && !(*current)["_Marker"].as_bool();
  if (in.has("IfNoneMatch") && exists) return precondition_failed("If-None-Match");
  if (!in.has("IfMatch")) return {};
  if (!exists) return no_such_key(in["Key"].as_string());
  if (same_etag(in["IfMatch"].as_string(), (*current)["ETag"].as_string())) return {};
  return precondition_failed("If-Match");
}

}  // namespace mainstay::s3
