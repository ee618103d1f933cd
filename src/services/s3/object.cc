#include <algorithm>
#include <limits>

#include "base/digest.hh"
#include "base/text.hh"
#include "services/s3/bucket.hh"
#include "services/s3/checksum.hh"
#include "services/s3/encryption.hh"
#include "services/s3/lifecycle.hh"
#include "services/s3/notification.hh"

namespace mainstay::s3 {
namespace {

constexpr size_t key_bytes_max = 1024;
constexpr size_t metadata_bytes_max = 2048;
constexpr size_t whole_bytes_max = 256 << 10;  // answered at once; more is sent as it is read

// Headers of a PUT that come back with GET and HEAD.
constexpr const char* kept_members[] = {"CacheControl",
                                        "ContentDisposition",
                                        "ContentEncoding",
                                        "ContentLanguage",
                                        "ContentType",
                                        "Expires",
                                        "Metadata",
                                        "StorageClass",
                                        "WebsiteRedirectLocation",
                                        "ObjectLockMode",
                                        "ObjectLockRetainUntilDate",
                                        "ObjectLockLegalHoldStatus"};

struct Override {
  const char *parameter, *member;
};
// response-* parameters of GetObject.
constexpr Override overrides[] = {{"ResponseCacheControl", "CacheControl"},
                                  {"ResponseContentDisposition", "ContentDisposition"},
                                  {"ResponseContentEncoding", "ContentEncoding"},
                                  {"ResponseContentLanguage", "ContentLanguage"},
                                  {"ResponseContentType", "ContentType"},
                                  {"ResponseExpires", "Expires"}};

struct Range {
  size_t first = 0, size = 0;
  bool partial = false;
};

Error invalid_range(const Value& in, size_t size) {
  Error error = aws_error("InvalidRange", "The requested range is not satisfiable", 416);
  error.fields = std::make_shared<const Value>(
      Value::map({{"RangeRequested", in["Range"]}, {"ActualObjectSize", std::to_string(size)}}));
  return error;
}

// Digits only; more of them than a number has are past every object's end.
std::optional<int64_t> position(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  return parse_int(text).value_or(std::numeric_limits<int64_t>::max());
}

// "bytes=0-9", "bytes=5-", "bytes=-3". A header of another form is ignored (RFC 7233).
Result<Range> range_of(const Value& in, size_t size) {
  Range whole{0, size, false};
  std::string_view text = in["Range"].as_string();
  if (!text.starts_with("bytes=") || text.find(',') != std::string_view::npos) return whole;
  text.remove_prefix(6);
  size_t dash = text.find('-');
  if (dash == std::string_view::npos) return whole;
  std::string_view from = text.substr(0, dash), to = text.substr(dash + 1);
  auto first = position(from), last = position(to);
  if (from.empty() && last) {
    if (*last == 0 || size == 0) return invalid_range(in, size);
    size_t length = std::min(static_cast<size_t>(*last), size);
    return Range{size - length, length, true};
  }
  if (!first || (!to.empty() && !last) || (last && *last < *first)) return whole;
  if (static_cast<size_t>(*first) >= size) return invalid_range(in, size);
  size_t end = last ? std::min(static_cast<size_t>(*last) + 1, size) : size;
  return Range{static_cast<size_t>(*first), end - static_cast<size_t>(*first), true};
}

Result<Range> range_of_part(const Value& in, const Value& object) {
  int64_t number = in["PartNumber"].as_int();
  const List& segments = object["_Segments"].items();
  bool multipart = object.has("_PartsCount");
  if (!multipart && number == 1)
    return Range{0, static_cast<size_t>(object["Size"].as_int()), true};
  if (!multipart || number < 1 || number > static_cast<int64_t>(segments.size())) {
    Error error =
        aws_error("InvalidPartNumber", "The requested partnumber is not satisfiable", 416);
    error.fields = std::make_shared<const Value>(
        Value::map({{"PartNumberRequested", std::to_string(number)},
                    {"ActualPartCount", std::to_string(multipart ? segments.size() : 1)}}));
    return error;
  }
  Range range{0, 0, true};
  for (int64_t i = 0; i < number && i < static_cast<int64_t>(segments.size()); ++i) {
    range.first += range.size;
    range.size = static_cast<size_t>(segments[static_cast<size_t>(i)]["Size"].as_int());
  }
  return range;
}

void add_range(Value& out, const Range& range, size_t size) {
  out.set("ContentLength", range.size).set("AcceptRanges", "bytes");
  if (!range.partial) return;
  out.set(":status", 206);
  out.set("ContentRange", "bytes " + std::to_string(range.first) + "-" +
                              std::to_string(range.first + range.size - 1) + "/" +
                              std::to_string(size));
}

struct Found {
  Value bucket, object;
  Range range;
};

Result<Found> find_readable(Call& call, const Value& in) {
  Found found;
  TRY(found.bucket, get_bucket(call, in));
  CHECK_OK(check_key(in));
  if (in.has("PartNumber") && in.has("Range"))
    return aws_error("InvalidRequest",
                     "Cannot specify both Range header and partNumber query parameter");
  TRY(found.object, find_object(call, found.bucket, in));
  CHECK_OK(check_conditions(in, found.object, ""));
  size_t size = static_cast<size_t>(found.object["Size"].as_int());
  if (in.has("PartNumber")) {
    TRY(found.range, range_of_part(in, found.object));
  } else {
    TRY(found.range, range_of(in, size));
  }
  return found;
}

// Of a part of an object that was made of parts: its own, where they have any.
void show_checksum(const Value& object, const Value& in, Value& out) {
  if (!in.has("PartNumber") || !object.has("_PartsCount")) return add_checksum(object, out);
  const ChecksumKind* kind = checksum_in(object);
  auto index = static_cast<size_t>(in["PartNumber"].as_int() - 1);
  const Value& sum = object["_Segments"].at(index)["Checksum"];
  if (!kind || sum.is_null()) return;
  out.set(kind->member, sum).set("ChecksumType", object["ChecksumType"]);
}

Value describe(const Found& found, const Value& in) {
  Value out = description_of(found.object, in);
  // Of a stretch of an object there is no checksum; a range may be the whole (recorded).
  bool is_whole = found.range.size == static_cast<size_t>(found.object["Size"].as_int());
  if (in["ChecksumMode"].as_string() == "ENABLED" && (is_whole || in.has("PartNumber")))
    show_checksum(found.object, in, out);
  add_range(out, found.range, static_cast<size_t>(found.object["Size"].as_int()));
  if (!versioned(found.bucket)) out.erase("VersionId");
  if (found.bucket.has("_Lifecycle") && !in.has("VersionId"))
    if (std::string expiration = expiration_of(found.bucket, found.object); !expiration.empty())
      out.set("Expiration", std::move(expiration));
  if (in.has("PartNumber") && found.object.has("_PartsCount"))
    out.set("PartsCount", found.object["_PartsCount"]);
  return out;
}

Value written(const Value& bucket, const Value& object, const Value& in) {
  Value out = Value::map({{"ETag", object["ETag"]}});
  add_encryption(object, in, out);
  if (object.has("SSEKMSEncryptionContext"))
    out.set("SSEKMSEncryptionContext", object["SSEKMSEncryptionContext"]);
  add_checksum(object, out);
  if (versioned(bucket)) out.set("VersionId", object["VersionId"]);
  if (bucket.has("_Lifecycle"))
    if (std::string expiration = expiration_of(bucket, object); !expiration.empty())
      out.set("Expiration", std::move(expiration));
  return out;
}

}  // namespace

Value metadata_of(const Value& in) {
  Value out;
  for (const char* member : kept_members)
    if (in.has(member)) out.set(member, in[member]);
  if (!out.has("ContentType")) out.set("ContentType", "binary/octet-stream");
  return out;
}

Value description_of(const Value& object, const Value& in) {
  Value out = Value::map({{"ETag", object["ETag"]}, {"LastModified", object["LastModified"]}});
  for (const char* member : kept_members)
    if (object.has(member)) out.set(member, object[member]);
  if (out["StorageClass"].as_string() == "STANDARD") out.erase("StorageClass");
  add_encryption(object, in, out);
  for (const char* member : {"VersionId", "Restore"})
    if (object.has(member)) out.set(member, object[member]);
  if (!object["_TagSet"].empty()) out.set("TagCount", object["_TagSet"].size());
  for (const Override& o : overrides)
    if (in.has(o.parameter)) out.set(o.member, in[o.parameter]);
  return out;
}

Status check_key(const Value& in) {
  if (in["Key"].as_string().size() > key_bytes_max)
    return aws_error("KeyTooLongError", "Your key is too long");
  size_t total = 0;
  for (const auto& [name, value] : in["Metadata"].members())
    total += name.size() + value.as_string().size();
  if (total > metadata_bytes_max)
    return aws_error("MetadataTooLarge",
                     "Your metadata headers exceed the maximum allowed metadata size");
  return {};
}

Result<Value> put_object(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  CHECK_OK(check_key(in));
  CHECK_OK(check_acl_allowed(bucket, in));
  CHECK_OK(check_storage_class(in));
  CHECK_OK(check_lock_headers(call, bucket, in));
  Payload payload(call, in);
  const Value* current =
      call.find("object", object_id(in["Bucket"].as_string(), in["Key"].as_string()));
  CHECK_OK(check_write_conditions(in, current));
  TRY(Value checksums, check_integrity(in, payload));
  TRY(Encryption encryption, encryption_for(call, bucket, in));
  TRY(Value segment, write_segment(call, payload, encryption.data_key));
  Value object = metadata_of(in);
  object.set("Key", in["Key"])
      .set("Size", payload.size())
      .set("ETag", etag_for(call, encryption, payload.etag()))
      .set("LastModified", Time{call.now.ms / 1000 * 1000})
      .set("_Segments", Value::list({segment}));
  set_owner(call, bucket, in, object);
  for (const auto& [name, value] : encryption.members.members()) object.set(name, value);
  for (const auto& [name, value] : checksums.members()) object.set(name, value);
  if (in.has("Tagging")) {
    TRY(Value tags, tags_from_query(in["Tagging"].as_string()));
    object.set("_TagSet", std::move(tags));
  }
  store_object(call, bucket, object);
  tell_event(call, bucket, in["_Form"].as_bool() ? "ObjectCreated:Post" : "ObjectCreated:Put",
             object);
  return written(bucket, object, in);
}

Result<Value> get_object(Call& call, const Value& in) {
  TRY(Found found, find_readable(call, in));
  CHECK_OK(check_readable(call, found.object));
  TRY(std::string key, data_key_of(call, found.object, in));
  size_t size = found.range.size;
  auto source = open_segments(call, found.object, found.range.first, size, key);
  if (size > whole_bytes_max) {
    call.body = std::move(source);
    return describe(found, in);
  }
  TRY(std::string data, read_whole(*source, whole_bytes_max));
  return describe(found, in).set("Body", Bytes{std::move(data)});
}

Result<Value> head_object(Call& call, const Value& in) {
  TRY(Found found, find_readable(call, in));
  CHECK_OK(data_key_of(call, found.object, in));
  return describe(found, in);
}

}  // namespace mainstay::s3
