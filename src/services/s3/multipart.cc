#include <algorithm>

#include "base/digest.hh"
#include "base/text.hh"
#include "services/s3/bucket.hh"
#include "services/s3/notification.hh"

namespace mainstay::s3 {
namespace {

constexpr size_t part_bytes_min = 5 << 20;  // but for the last
constexpr int64_t parts_max = 10000;

std::string upload_key(const Value& in) {
  return object_id(in["Bucket"].as_string(), in["Key"].as_string()) + '\0' +
         in["UploadId"].as_string();
}

std::string part_key(std::string_view upload_id, int64_t number) {
  std::string digits = std::to_string(number);
  return std::string(upload_id) + '\0' + std::string(5 - digits.size(), '0') + digits;
}

Result<Value> get_upload(Call& call, const Value& in) {
  CHECK_OK(get_bucket(call, in));
  const Value* upload = call.find("upload", upload_key(in));
  if (!upload)
    return aws_error(
        "NoSuchUpload",
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have "
        "been aborted or completed.",
        404);
  return *upload;
}

List parts_of(Call& call, const std::string& upload_id) {
  List out;
  std::string prefix = upload_id + '\0';
  const auto& all = call.all("part");
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it)
    out.push_back(it->second);
  return out;
}

void forget_upload(Call& call, const Value& in) {
  const std::string& id = in["UploadId"].as_string();
  for (const Value& part : parts_of(call, id))
    call.remove("part", part_key(id, part["PartNumber"].as_int()));
  call.remove("upload", upload_key(in));
}

std::string unquoted(std::string text) {
  std::erase(text, '"');
  return text;
}

// The parts that the client lists, in order, each as it was uploaded.
Result<List> chosen_parts(Call& call, const Value& in) {
  const Value& listed = in["MultipartUpload"]["Parts"];
  if (listed.empty()) return malformed_xml();
  List out;
  int64_t before = 0;
  for (const Value& want : listed.items()) {
    int64_t number = want["PartNumber"].as_int();
    if (number <= before)
      return aws_error(
          "InvalidPartOrder",
          "The list of parts was not in ascending order. Parts must be ordered by part number.");
    before = number;
    const Value* part = number > parts_max
                            ? nullptr
                            : call.find("part", part_key(in["UploadId"].as_string(), number));
    if (!part || unquoted((*part)["ETag"].as_string()) != unquoted(want["ETag"].as_string()))
      return aws_error(
          "InvalidPart",
          "One or more of the specified parts could not be found.  The part may not have been "
          "uploaded, or the specified entity tag may not match the part's entity tag.");
    out.push_back(*part);
  }
  for (size_t i = 0; i + 1 < out.size(); ++i)
    if (out[i]["Size"].as_int() < static_cast<int64_t>(part_bytes_min))
      return aws_error("EntityTooSmall",
                       "Your proposed upload is smaller than the minimum allowed size");
  return out;
}

}  // namespace

Result<Value> part_target(Call& call, const Value& in) {
  int64_t number = in["PartNumber"].as_int();
  TRY(Value upload, get_upload(call, in));
  if (number < 1 || number > parts_max)
    return invalid_argument("Part number must be an integer between 1 and 10000, inclusive",
                            "partNumber", std::to_string(number));
  return upload;
}

void store_part(Call& call, const Value& in, Value segment, Value& part) {
  int64_t number = in["PartNumber"].as_int();
  std::string id = part_key(in["UploadId"].as_string(), number);
  if (const Value* replaced = call.find("part", id)) discard_segments(call, *replaced);
  part.set("PartNumber", number)
      .set("Size", segment["Size"])
      .set("LastModified", Time{call.now.ms / 1000 * 1000})
      .set("_Segments", Value::list({std::move(segment)}));
  call.put("part", id, part);
}

Result<Value> create_multipart_upload(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  CHECK_OK(check_key(in));
  CHECK_OK(check_acl_allowed(bucket, in));
  CHECK_OK(check_storage_class(in));
  CHECK_OK(check_lock_headers(call, bucket, in));
  TRY(Encryption encryption, encryption_for(call, bucket, in));
  Value upload = metadata_of(in);
  upload.set("UploadId", call.random.alphanumeric(64))
      .set("Bucket", in["Bucket"])
      .set("Key", in["Key"])
      .set("Initiated", Time{call.now.ms / 1000 * 1000});
  set_owner(call, bucket, in, upload);
  for (const auto& [name, value] : encryption.members.members()) upload.set(name, value);
  for (const char* member : {"ChecksumAlgorithm", "ChecksumType"})
    if (in.has(member)) upload.set(member, in[member]);
  if (in.has("Tagging")) {
    TRY(Value tags, tags_from_query(in["Tagging"].as_string()));
    upload.set("_TagSet", std::move(tags));
  }
  call.put("upload", upload_key(upload), upload);
  Value out;
  for (const char* member : {"Bucket", "Key", "UploadId", "ServerSideEncryption", "SSEKMSKeyId",
                             "ChecksumAlgorithm", "ChecksumType"})
    if (upload.has(member)) out.set(member, upload[member]);
  return out;
}

Result<Value> upload_part(Call& call, const Value& in) {
  TRY(Value upload, part_target(call, in));
  Payload payload(call, in);
  TRY(Value part, check_integrity(in, payload));
  TRY(std::string key, data_key_of(call, upload));
  TRY(Value segment, write_segment(call, payload, key));
  part.set("ETag", payload.etag());
  store_part(call, in, std::move(segment), part);
  for (const char* member : {"ServerSideEncryption", "SSEKMSKeyId"})
    if (upload.has(member)) part.set(member, upload[member]);
  return part;
}

// The ETag is the MD5 of the parts' MD5s, then "-" and their number.
Result<Value> complete_multipart_upload(Call& call, const Value& in) {
  TRY(Value upload, get_upload(call, in));
  TRY(Value bucket, get_bucket(call, in));
  const Value* current =
      call.find("object", object_id(in["Bucket"].as_string(), in["Key"].as_string()));
  CHECK_OK(check_write_conditions(in, current));
  TRY(List parts, chosen_parts(call, in));
  std::string digests;
  Value segments = Value::list();
  int64_t size = 0;
  for (const Value& part : parts) {
    digests += hex_decode(unquoted(part["ETag"].as_string())).value_or("");
    segments.push_back(part["_Segments"].at(0));
    size += part["Size"].as_int();
  }
  for (const Value& part : parts_of(call, in["UploadId"].as_string()))
    if (std::find(parts.begin(), parts.end(), part) == parts.end()) discard_segments(call, part);
  Value object = upload;
  for (const char* member :
       {"UploadId", "Bucket", "Initiated", "ChecksumAlgorithm", "ChecksumType"})
    object.erase(member);
  object.set("Size", size)
      .set("ETag", "\"" + hex_encode(md5(digests)) + "-" + std::to_string(parts.size()) + "\"")
      .set("LastModified", Time{call.now.ms / 1000 * 1000})
      .set("_PartsCount", parts.size())
      .set("_Segments", std::move(segments));
  store_object(call, bucket, object);
  tell_event(call, bucket, "ObjectCreated:CompleteMultipartUpload", object);
  forget_upload(call, in);
  Value out = Value::map({{"Bucket", in["Bucket"]},
                          {"Key", in["Key"]},
                          {"ETag", object["ETag"]},
                          {"Location", call.endpoint + "/" + in["Bucket"].as_string() + "/" +
                                           percent_encode(in["Key"].as_string(), true)}});
  for (const char* member : {"ServerSideEncryption", "SSEKMSKeyId"})
    if (object.has(member)) out.set(member, object[member]);
  if (versioned(bucket)) out.set("VersionId", object["VersionId"]);
  return out;
}

Result<Value> abort_multipart_upload(Call& call, const Value& in) {
  CHECK_OK(get_upload(call, in));
  for (const Value& part : parts_of(call, in["UploadId"].as_string())) discard_segments(call, part);
  forget_upload(call, in);
  return Value::map({});
}

Result<Value> list_parts(Call& call, const Value& in) {
  TRY(Value upload, get_upload(call, in));
  int64_t after = parse_int(in["PartNumberMarker"].to_text()).value_or(0);
  TRY(size_t count, count_asked(in, "MaxParts", "max-parts"));
  Value parts = Value::list();
  bool more = false;
  for (const Value& part : parts_of(call, in["UploadId"].as_string())) {
    if (part["PartNumber"].as_int() <= after) continue;
    if ((more = parts.size() == count)) break;
    parts.push_back(part);
  }
  Value out = Value::map({{"Bucket", in["Bucket"]},
                          {"Key", in["Key"]},
                          {"UploadId", in["UploadId"]},
                          {"MaxParts", count},
                          {"IsTruncated", more && count > 0},
                          {"StorageClass", "STANDARD"},
                          {"Owner", owner_of(call.account)},
                          {"Initiator", owner_of(call.account)},
                          {"PartNumberMarker", std::to_string(after)}});
  if (more && count > 0)
    out.set("NextPartNumberMarker", parts.items().back()["PartNumber"].to_text());
  return out.set("Parts", std::move(parts));
}

Result<Value> list_multipart_uploads(Call& call, const Value& in) {
  CHECK_OK(get_bucket(call, in));
  std::string prefix = object_id(in["Bucket"].as_string(), in["Prefix"].as_string());
  std::string from = prefix;
  if (in.has("KeyMarker"))
    from =
        std::max(from, object_id(in["Bucket"].as_string(), in["KeyMarker"].as_string()) + '\0' +
                           (in.has("UploadIdMarker") ? in["UploadIdMarker"].as_string() : "\xff"));
  TRY(size_t count, count_asked(in, "MaxUploads", "max-uploads"));
  Value uploads = Value::list(), out;
  bool more = false;
  const auto& all = call.all("upload");
  for (auto it = all.upper_bound(from); it != all.end() && it->first.starts_with(prefix); ++it) {
    if ((more = uploads.size() == count)) break;
    Value row = it->second;
    row.set("Owner", owner_of(call.account)).set("Initiator", owner_of(call.account));
    if (!row.has("StorageClass")) row.set("StorageClass", "STANDARD");
    uploads.push_back(std::move(row));
  }
  more = more && count > 0;
  if (more) {
    out.set("NextKeyMarker", uploads.items().back()["Key"]);
    out.set("NextUploadIdMarker", uploads.items().back()["UploadId"]);
  }
  for (const char* member : {"Bucket", "Prefix", "KeyMarker", "UploadIdMarker"})
    if (in.has(member)) out.set(member, in[member]);
  return out.set("MaxUploads", count).set("IsTruncated", more).set("Uploads", std::move(uploads));
}

}  // namespace mainstay::s3
