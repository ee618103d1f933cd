#include <algorithm>

#include "base/text.hh"
#include "services/s3/bucket.hh"
#include "wire/checksum.hh"

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

struct Algorithm {
  const char *name, *member;
};
constexpr Algorithm algorithms[] = {{"CRC32", "ChecksumCRC32"},
                                    {"CRC32C", "ChecksumCRC32C"},
                                    {"CRC64NVME", "ChecksumCRC64NVME"},
                                    {"SHA1", "ChecksumSHA1"},
                                    {"SHA256", "ChecksumSHA256"}};

}  // namespace

const std::vector<std::string> checksum_members = {
    "ChecksumCRC32", "ChecksumCRC32C", "ChecksumCRC64NVME", "ChecksumSHA1", "ChecksumSHA256"};

// RFC 7232, and the two combinations that GetObject documents: If-Match that holds outweighs
// If-Unmodified-Since, If-None-Match that does not hold outweighs If-Modified-Since.
Status check_conditions(const Value& in, const Value& object, std::string_view prefix) {
  auto member = [&](const char* name) -> const Value& { return in[std::string(prefix) + name]; };
  const std::string& etag = object["ETag"].as_string();
  bool copying = !prefix.empty();
  Error not_modified("NotModified", "Not Modified", 304);
  if (const Value& match = member("IfMatch"); !match.is_null()) {
    if (object.is_null() || !same_etag(match.as_string(), etag))
      return precondition_failed("If-Match");
  } else if (const Value& since = member("IfUnmodifiedSince"); !since.is_null()) {
    if (seconds(object["LastModified"]) > seconds(since))
      return precondition_failed("If-Unmodified-Since");
  }
  if (const Value& match = member("IfNoneMatch"); !match.is_null()) {
    if (same_etag(match.as_string(), etag))
      return copying ? precondition_failed("If-None-Match") : not_modified;
  } else if (const Value& since = member("IfModifiedSince"); !since.is_null()) {
    if (seconds(object["LastModified"]) <= seconds(since))
      return copying ? precondition_failed("If-Modified-Since") : not_modified;
  }
  return {};
}

Status check_write_conditions(const Value& in, const Value* current) {
  bool exists = current && !(*current)["_Marker"].as_bool();
  if (in.has("IfNoneMatch")) {
    if (in["IfNoneMatch"].as_string() != "*")
      return aws_error("NotImplemented",
                       "A header you provided implies functionality that is not implemented", 501);
    if (exists) return precondition_failed("If-None-Match");
  }
  if (in.has("IfMatch")) {
    if (!exists) return no_such_key(in["Key"].as_string());
    if (!same_etag(in["IfMatch"].as_string(), (*current)["ETag"].as_string()))
      return precondition_failed("If-Match");
  }
  return {};
}

Status check_checksum(const Algorithm& a, const std::string& sent, const std::string& expected) {
  auto bytes = base64_decode(sent);
  if (!bytes || bytes->size() != base64_decode(expected)->size())
    return aws_error("InvalidRequest",
                     "Value for x-amz-checksum-" + to_lower(a.name) + " header is invalid.");
  if (sent == expected) return {};
  return aws_error("BadDigest", "The " + std::string(a.name) +
                                    " you specified did not match the calculated checksum.");
}

// One checksum at most may be sent; without one CRC64NVME is kept, as S3 does since 2024.
Result<Value> check_integrity(const Value& in, const Payload& payload) {
  Value out = Value::map({{"ChecksumType", "FULL_OBJECT"}});
  if (in.has("ContentMD5")) {
    auto sent = base64_decode(in["ContentMD5"].as_string());
    if (!sent || sent->size() != 16)
      return aws_error("InvalidDigest", "The Content-MD5 you specified was invalid.");
    if (in["ContentMD5"].as_string() != payload.checksum("md5"))
      return aws_error("BadDigest",
                       "The Content-MD5 you specified did not match what we received.");
  }
  auto given = [&](const std::string& member) { return in.has(member); };
  if (std::count_if(checksum_members.begin(), checksum_members.end(), given) > 1)
    return aws_error("InvalidRequest",
                     "Expecting a single x-amz-checksum- header. Multiple checksum Types are not "
                     "allowed.");
  const char* chosen = nullptr;
  const char* member = nullptr;
  for (const Algorithm& a : algorithms) {
    bool named = in["ChecksumAlgorithm"].as_string() == a.name;
    if (!in.has(a.member) && !named) continue;
    chosen = a.name;
    member = a.member;
    if (!in.has(a.member)) continue;
    CHECK_OK(check_checksum(a, in[a.member].as_string(), payload.checksum(a.name)));
    break;
  }
  if (!chosen) chosen = "CRC64NVME", member = "ChecksumCRC64NVME";
  return out.set(member, payload.checksum(chosen));
}

}  // namespace mainstay::s3
