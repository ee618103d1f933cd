#include <set>

#include "actions/input_path.hh"
#include "base/digest.hh"
#include "base/text.hh"
#include "services/s3/bucket.hh"
#include "services/s3/checksum.hh"
#include "services/s3/encryption.hh"
#include "services/s3/notification.hh"
#include "wire/checksum.hh"

namespace mainstay::s3 {
namespace {

constexpr size_t copied_piece_bytes = 1 << 20;

struct Source {
  Value bucket, object;
};

Result<Source> copy_source(Call& call, const Value& in) {
  auto named = actions::parse_copy_source(in["CopySource"].as_string());
  if (!named)
    return invalid_argument(
        "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
        "x-amz-copy-source", in["CopySource"].as_string());
  Value where = Value::map({{"Bucket", named->bucket}, {"Key", named->key}});
  if (named->version) where.set("VersionId", *named->version);
  Source source;
  TRY(source.bucket, get_bucket(call, where));
  TRY(source.object, find_object(call, source.bucket, where));
  CHECK_OK(check_conditions(in, source.object, "CopySource"));
  if (!is_readable(source.object, call.now))
    return aws_error("ObjectNotInActiveTierError",
                     "The source object of the COPY action is not in the active tier and is only "
                     "stored in Amazon S3 Glacier.",
                     403);
  return source;
}

// What a copy may have at most ("Copying objects", user guide), in S3's words.
Status check_size(uint64_t size) {
  if (size <= upload_bytes_max) return {};
  return aws_error("InvalidRequest",
                   "The specified copy source is larger than the maximum allowable size for a copy "
                   "source: " +
                       std::to_string(upload_bytes_max));
}

// Without encryption the bytes are shared; else they are opened and sealed anew.
Result<Value> copy_segments(Call& call, const Value& object, std::string_view key,
                            std::string_view new_key) {
  if (key.empty() && new_key.empty()) return link_segments(call, object);
  size_t size = static_cast<size_t>(object["Size"].as_int());
  auto source = open_segments(call, object, 0, size, key);
  TRY(Value segment, write_segment(call, *source, size, new_key, nullptr));
  return Value::list({std::move(segment)});
}

// What a copy is known by: the MD5 of the whole and a checksum of it, which are its source's unless
// that was made of parts, sealed, or has another checksum.
struct Sums {
  std::string etag, checksum;
};
Result<Sums> sums_of_copy(Call& call, const Value& object, std::string_view key,
                          const ChecksumKind& kind) {
  Sums out{object["ETag"].as_string(), object[kind.member].as_string()};
  bool has_md5 = key.empty() && !out.etag.contains('-');
  bool has_checksum = !out.checksum.empty() && object["ChecksumType"].as_string() != "COMPOSITE";
  if (has_md5 && has_checksum) return out;
  auto source = open_segments(call, object, 0, static_cast<size_t>(object["Size"].as_int()), key);
  wire::Checksums sums({"md5", to_lower(kind.name)});
  std::string piece;
  while (true) {
    piece.clear();
    TRY(BodySource::Next next, source->read(piece, copied_piece_bytes));
    if (next != BodySource::Next::more) break;
    sums.update(piece);
  }
  sums.finish();
  out.etag = "\"" + hex_encode(base64_decode(*sums.find("md5")).value_or("")) + "\"";
  out.checksum = *sums.find(kind.name);
  return out;
}

bool same_place(const Source& source, const Value& in) {
  return source.bucket["Name"] == in["Bucket"] && source.object["Key"] == in["Key"];
}

Status check_directives(const Value& in) {
  for (const auto& [member, what] :
       {std::pair("MetadataDirective", "metadata"), std::pair("TaggingDirective", "tagging")})
    if (const std::string& text = in[member].as_string();
        !text.empty() && text != "COPY" && text != "REPLACE")
      return invalid_argument("Unknown " + std::string(what) + " directive.",
                              "x-amz-" + std::string(what) + "-directive", text);
  return {};
}

// Onto itself only where something changes; a bucket that has a default encryption counts as that
// (recorded).
Status check_changes(const Value& bucket, const Source& source, const Value& in) {
  bool changes = in["MetadataDirective"].as_string() == "REPLACE" || in.has("StorageClass") ||
                 in.has("ServerSideEncryption") || in.has("SSECustomerAlgorithm") ||
                 in.has("WebsiteRedirectLocation") || in.has("ChecksumAlgorithm") ||
                 bucket.has("_Encryption") || source.object["VersionId"].as_string() != "null";
  if (!same_place(source, in) || changes) return {};
  return aws_error(
      "InvalidRequest",
      "This copy request is illegal because it is trying to copy an object to itself without "
      "changing the object's metadata, storage class, website redirect location or encryption "
      "attributes.");
}

// Classes, redirects, locks and holds don't go with a copy ("Copying objects", "Object Lock
// considerations", user guide).
Value metadata_of_copy(const Source& source, const Value& in) {
  bool replace = in["MetadataDirective"].as_string() == "REPLACE";
  Value object = metadata_of(replace ? in : source.object);
  for (const char* member : {"StorageClass", "WebsiteRedirectLocation", "ObjectLockMode",
                             "ObjectLockRetainUntilDate", "ObjectLockLegalHoldStatus"}) {
    object.erase(member);
    if (in.has(member)) object.set(member, in[member]);
  }
  return object;
}

Result<Value> tags_of_copy(const Source& source, const Value& in) {
  if (in["TaggingDirective"].as_string() == "REPLACE")
    return tags_from_query(in["Tagging"].as_string());
  return source.object["_TagSet"];
}

const ChecksumKind& kind_of_copy(const Value& object, const Value& in) {
  if (const ChecksumKind* asked = checksum_named(in["ChecksumAlgorithm"].as_string()))
    return *asked;
  const ChecksumKind* own = checksum_in(object);
  return own ? *own : default_checksum;
}

Value answer_of_copy(const Value& bucket, const Source& source, const Value& object,
                     const Value& in) {
  Value result = Value::map({{"ETag", object["ETag"]}, {"LastModified", object["LastModified"]}});
  add_checksum(object, result);
  Value out = Value::map({{"CopyObjectResult", std::move(result)}});
  add_encryption(object, in, out);
  if (versioned(bucket)) out.set("VersionId", object["VersionId"]);
  if (versioned(source.bucket)) out.set("CopySourceVersionId", source.object["VersionId"]);
  return out;
}

}  // namespace

Result<Value> copy_object(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  CHECK_OK(check_key(in));
  CHECK_OK(check_acl_allowed(bucket, in));
  CHECK_OK(check_storage_class(in));
  CHECK_OK(check_write_headers(in));
  TRY(Source source, copy_source(call, in));
  CHECK_OK(check_directives(in));
  CHECK_OK(check_changes(bucket, source, in));
  CHECK_OK(check_write_conditions(
      in, call.find("object", object_id(in["Bucket"].as_string(), in["Key"].as_string()))));
  CHECK_OK(check_lock_headers(call, bucket, in));
  CHECK_OK(check_size(static_cast<uint64_t>(source.object["Size"].as_int())));
  TRY(std::string source_key, data_key_of(call, source.object, in, "CopySource"));
  TRY(Encryption encryption, encryption_for(call, bucket, in));
  const ChecksumKind& kind = kind_of_copy(source.object, in);
  TRY(Sums sums, sums_of_copy(call, source.object, source_key, kind));
  TRY(Value segments, copy_segments(call, source.object, source_key, encryption.data_key));
  TRY(Value tags, tags_of_copy(source, in));
  Value object = metadata_of_copy(source, in);
  object.set("Key", in["Key"])
      .set("Size", source.object["Size"])
      .set("ETag", etag_for(call, encryption, sums.etag))
      .set("LastModified", Time{call.now.ms / 1000 * 1000})
      .set("_Segments", std::move(segments))
      .set(kind.member, sums.checksum)
      .set("ChecksumType", "FULL_OBJECT");
  set_owner(call, bucket, in, object);
  for (const auto& [name, value] : encryption.members.members()) object.set(name, value);
  if (!tags.empty()) object.set("_TagSet", std::move(tags));
  store_object(call, bucket, object);
  tell_event(call, bucket, "ObjectCreated:Copy", object);
  return answer_of_copy(bucket, source, object, in);
}

namespace {

struct Stretch {
  size_t first, size;
};

// "bytes=first-last" within the source (recorded words).
Result<Stretch> copied_range(const Value& in, size_t size) {
  if (!in.has("CopySourceRange")) return Stretch{0, size};
  const std::string& text = in["CopySourceRange"].as_string();
  constexpr std::string_view unit = "bytes=";
  auto digits = [](const std::string& part) -> std::optional<int64_t> {
    bool plain = !part.empty() && part.find_first_not_of("0123456789") == std::string::npos;
    return plain ? parse_int(part) : std::nullopt;
  };
  auto ends = split(text.starts_with(unit) ? text.substr(unit.size()) : "", "-");
  auto from = ends.size() == 2 ? digits(ends[0]) : std::nullopt;
  auto to = ends.size() == 2 ? digits(ends[1]) : std::nullopt;
  if (!from || !to || *to < *from)
    return invalid_argument(
        "The x-amz-copy-source-range value must be of the form bytes=first-last where first and "
        "last are the zero-based offsets of the first and last bytes to copy",
        "x-amz-copy-source-range", text);
  if (static_cast<size_t>(*from) >= size)
    return aws_error("InvalidRequest",
                     "The specified copy range is invalid for the source object size");
  if (static_cast<size_t>(*to) >= size)
    return invalid_argument(
        "Range specified is not valid for source object of size: " + std::to_string(size),
        "x-amz-copy-source-range", text);
  return Stretch{static_cast<size_t>(*from), static_cast<size_t>(*to - *from) + 1};
}

}  // namespace

Result<Value> upload_part_copy(Call& call, const Value& in) {
  TRY(Source source, copy_source(call, in));
  TRY(Stretch range, copied_range(in, static_cast<size_t>(source.object["Size"].as_int())));
  CHECK_OK(check_size(range.size));
  TRY(Value upload, part_target(call, in));
  TRY(std::string key, data_key_of(call, source.object, in, "CopySource"));
  TRY(std::string upload_key, part_key_of(call, upload, in));
  const ChecksumKind* kind = checksum_named(upload["ChecksumAlgorithm"].as_string());
  auto bytes = open_segments(call, source.object, range.first, range.size, key);
  std::set<std::string> wanted = {"md5", "crc64nvme"};
  if (kind) wanted.insert(to_lower(kind->name));
  wire::Checksums sums(wanted);
  TRY(Value segment, write_segment(call, *bytes, range.size, upload_key, &sums));
  sums.finish();
  std::string etag = "\"" + hex_encode(base64_decode(*sums.find("md5")).value_or("")) + "\"";
  Value part = Value::map({{"ETag", etag_for(call, {{}, upload_key}, std::move(etag))},
                           {own_crc_member, *sums.find("crc64nvme")}});
  if (kind) part.set(kind->member, *sums.find(kind->name));
  store_part(call, in, std::move(segment), part);
  Value result = Value::map({{"ETag", part["ETag"]}, {"LastModified", part["LastModified"]}});
  if (kind) result.set(kind->member, part[kind->member]);
  Value out = Value::map({{"CopyPartResult", std::move(result)}});
  if (versioned(source.bucket)) out.set("CopySourceVersionId", source.object["VersionId"]);
  add_encryption(upload, in, out);
  return out;
}

}  // namespace mainstay::s3
