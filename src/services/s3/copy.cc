#include "actions/input_path.hh"
#include "base/digest.hh"
#include "base/text.hh"
#include "services/s3/bucket.hh"
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

// The MD5 of the whole: its source's, unless that was made of parts.
Result<std::string> etag_of_copy(Call& call, const Value& object, std::string_view key) {
  const std::string& etag = object["ETag"].as_string();
  if (!etag.contains('-')) return etag;
  auto source = open_segments(call, object, 0, static_cast<size_t>(object["Size"].as_int()), key);
  Digest md5("md5");
  std::string piece;
  while (true) {
    piece.clear();
    TRY(BodySource::Next next, source->read(piece, copied_piece_bytes));
    if (next != BodySource::Next::more) break;
    md5.update(piece);
  }
  return "\"" + hex_encode(md5.finish()) + "\"";
}

bool same_place(const Source& source, const Value& in) {
  return source.bucket["Name"] == in["Bucket"] && source.object["Key"] == in["Key"];
}

}  // namespace

Result<Value> copy_object(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  CHECK_OK(check_key(in));
  CHECK_OK(check_acl_allowed(bucket, in));
  CHECK_OK(check_storage_class(in));
  TRY(Source source, copy_source(call, in));
  for (const auto& [member, what] :
       {std::pair("MetadataDirective", "metadata"), std::pair("TaggingDirective", "tagging")})
    if (const std::string& text = in[member].as_string();
        !text.empty() && text != "COPY" && text != "REPLACE")
      return invalid_argument("Unknown " + std::string(what) + " directive.",
                              "x-amz-" + std::string(what) + "-directive", text);
  bool replace = in["MetadataDirective"].as_string() == "REPLACE";
  bool changes = replace || in.has("StorageClass") || in.has("ServerSideEncryption") ||
                 in.has("WebsiteRedirectLocation") ||
                 source.object["VersionId"].as_string() != "null";
  if (same_place(source, in) && !changes)
    return aws_error(
        "InvalidRequest",
        "This copy request is illegal because it is trying to copy an object to itself without "
        "changing the object's metadata, storage class, website redirect location or encryption "
        "attributes.");
  CHECK_OK(check_lock_headers(call, bucket, in));
  CHECK_OK(check_size(static_cast<uint64_t>(source.object["Size"].as_int())));
  TRY(std::string source_key, data_key_of(call, source.object));
  TRY(Encryption encryption, encryption_for(call, bucket, in));
  size_t size = static_cast<size_t>(source.object["Size"].as_int());
  TRY(Value segments, copy_segments(call, source.object, source_key, encryption.data_key));
  TRY(std::string etag, etag_of_copy(call, source.object, source_key));
  // Locks and holds don't go with a copy ("Object Lock considerations", user guide).
  Value object = metadata_of(replace ? in : source.object);
  for (const char* member :
       {"ObjectLockMode", "ObjectLockRetainUntilDate", "ObjectLockLegalHoldStatus"}) {
    object.erase(member);
    if (in.has(member)) object.set(member, in[member]);
  }
  if (in.has("StorageClass")) object.set("StorageClass", in["StorageClass"]);
  for (const std::string& member : checksum_members)
    if (source.object.has(member)) object.set(member, source.object[member]);
  object.set("Key", in["Key"])
      .set("Size", size)
      .set("ETag", etag)
      .set("LastModified", Time{call.now.ms / 1000 * 1000})
      .set("_Segments", std::move(segments));
  set_owner(call, bucket, in, object);
  for (const auto& [name, value] : encryption.members.members()) object.set(name, value);
  if (in["TaggingDirective"].as_string() == "REPLACE") {
    TRY(Value tags, tags_from_query(in["Tagging"].as_string()));
    object.set("_TagSet", std::move(tags));
  } else if (source.object.has("_TagSet")) {
    object.set("_TagSet", source.object["_TagSet"]);
  }
  store_object(call, bucket, object);
  tell_event(call, bucket, "ObjectCreated:Copy", object);
  Value out = Value::map(
      {{"CopyObjectResult",
        Value::map({{"ETag", object["ETag"]}, {"LastModified", object["LastModified"]}})}});
  for (const char* member : {"ServerSideEncryption", "SSEKMSKeyId"})
    if (object.has(member)) out.set(member, object[member]);
  if (versioned(bucket)) out.set("VersionId", object["VersionId"]);
  if (versioned(source.bucket)) out.set("CopySourceVersionId", source.object["VersionId"]);
  return out;
}

Result<Value> upload_part_copy(Call& call, const Value& in) {
  TRY(Source source, copy_source(call, in));
  TRY(std::string key, data_key_of(call, source.object));
  size_t first = 0, size = static_cast<size_t>(source.object["Size"].as_int());
  if (in.has("CopySourceRange")) {
    auto ends = split(in["CopySourceRange"].as_string(), "-");
    auto from = ends.size() == 2 && ends[0].starts_with("bytes=") ? parse_int(ends[0].substr(6))
                                                                  : std::nullopt;
    auto to = ends.size() == 2 ? parse_int(ends[1]) : std::nullopt;
    if (!from || !to || *to < *from || static_cast<size_t>(*to) >= size)
      return invalid_argument(
          "The x-amz-copy-source-range value must be of the form bytes=first-last",
          "x-amz-copy-source-range", in["CopySourceRange"].as_string());
    first = static_cast<size_t>(*from);
    size = static_cast<size_t>(*to - *from) + 1;
  }
  CHECK_OK(check_size(size));
  TRY(Value upload, part_target(call, in));
  TRY(std::string upload_key, data_key_of(call, upload));
  auto bytes = open_segments(call, source.object, first, size, key);
  wire::Checksums sums({"md5", "crc64nvme"});
  TRY(Value segment, write_segment(call, *bytes, size, upload_key, &sums));
  sums.finish();
  Value part =
      Value::map({{"ETag", "\"" + hex_encode(base64_decode(*sums.find("md5")).value_or("")) + "\""},
                  {"ChecksumType", "FULL_OBJECT"},
                  {"ChecksumCRC64NVME", *sums.find("crc64nvme")}});
  store_part(call, in, std::move(segment), part);
  return Value::map({{"CopyPartResult", Value::map({{"ETag", part["ETag"]},
                                                    {"LastModified", part["LastModified"]}})}});
}

}  // namespace mainstay::s3
