#include "actions/input_path.hh"
#include "base/digest.hh"
#include "base/text.hh"
#include "services/s3/bucket.hh"

namespace mainstay::s3 {
namespace {

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

bool same_place(const Source& source, const Value& in) {
  return source.bucket["Name"] == in["Bucket"] && source.object["Key"] == in["Key"];
}

}  // namespace

Result<Value> copy_object(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  CHECK_OK(check_key(in));
  CHECK_OK(check_acl_allowed(bucket, in));
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
  TRY(std::string source_key, data_key_of(call, source.object));
  TRY(Encryption encryption, encryption_for(call, bucket, in));
  size_t size = static_cast<size_t>(source.object["Size"].as_int());
  TRY(std::string data, read_segments(call, source.object, 0, size, source_key));
  TRY(Value segment, write_segment(call, data, encryption.data_key));
  Value object = metadata_of(replace ? in : source.object);
  if (in.has("StorageClass")) object.set("StorageClass", in["StorageClass"]);
  for (const std::string& member : checksum_members)
    if (source.object.has(member)) object.set(member, source.object[member]);
  object.set("Key", in["Key"])
      .set("Size", size)
      .set("ETag", "\"" + hex_encode(md5(data)) + "\"")
      .set("LastModified", Time{call.now.ms / 1000 * 1000})
      .set("_Segments", Value::list({segment}));
  set_owner(call, bucket, in, object);
  for (const auto& [name, value] : encryption.members.members()) object.set(name, value);
  if (in["TaggingDirective"].as_string() == "REPLACE") {
    TRY(Value tags, tags_from_query(in["Tagging"].as_string()));
    object.set("_TagSet", std::move(tags));
  } else if (source.object.has("_TagSet")) {
    object.set("_TagSet", source.object["_TagSet"]);
  }
  store_object(call, bucket, object);
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
  TRY(std::string data, read_segments(call, source.object, first, size, key));
  TRY(Value part, store_part(call, in, data));
  return Value::map({{"CopyPartResult", Value::map({{"ETag", part["ETag"]},
                                                    {"LastModified", part["LastModified"]}})}});
}

}  // namespace mainstay::s3
