#include <algorithm>
#include <set>

#include "base/digest.hh"
#include "base/text.hh"
#include "services/s3/bucket.hh"
#include "services/s3/checksum.hh"
#include "services/s3/encryption.hh"
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

// "EntityTooSmall", with what a client needs to find the part (recorded).
Status check_part_sizes(const List& parts) {
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    const Value& part = parts[i];
    if (part["Size"].as_int() >= static_cast<int64_t>(part_bytes_min)) continue;
    Error error = aws_error("EntityTooSmall",
                            "Your proposed upload is smaller than the minimum allowed size");
    error.fields = std::make_shared<const Value>(
        Value::map({{"ProposedSize", part["Size"].to_text()},
                    {"MinSizeAllowed", std::to_string(part_bytes_min)},
                    {"PartNumber", part["PartNumber"].to_text()},
                    {"ETag", unquoted(part["ETag"].as_string())}}));
    return error;
  }
  return {};
}

// The parts that the client lists, in order, each as it was uploaded.
Result<List> chosen_parts(Call& call, const Value& upload, const Value& in) {
  const Value& listed = in["MultipartUpload"]["Parts"];
  if (listed.empty()) return aws_error("InvalidRequest", "You must specify at least one part");
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
      return no_such_part(upload, want);
    CHECK_OK(check_listed_part(upload, want, *part));
    out.push_back(*part);
  }
  CHECK_OK(check_part_sizes(out));
  return out;
}

}  // namespace

Result<Value> get_upload(Call& call, const Value& in) {
  CHECK_OK(get_bucket(call, in));
  const Value* upload = call.find("upload", upload_key(in));
  if (upload) return *upload;
  Error error = aws_error(
      "NoSuchUpload",
      "The specified upload does not exist. The upload ID may be invalid, or the upload may have "
      "been aborted or completed.",
      404);
  error.fields = std::make_shared<const Value>(Value::map({{"UploadId", in["UploadId"]}}));
  return error;
}

List parts_of(Call& call, const std::string& upload_id) {
  List out;
  std::string prefix = upload_id + '\0';
  const auto& all = call.all("part");
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it)
    out.push_back(it->second);
  return out;
}

Error no_such_part(const Value& upload, const Value& listed) {
  Error error = aws_error(
      "InvalidPart",
      "One or more of the specified parts could not be found.  The part may not have been "
      "uploaded, or the specified entity tag may not match the part's entity tag.");
  error.fields =
      std::make_shared<const Value>(Value::map({{"UploadId", upload["UploadId"]},
                                                {"PartNumber", listed["PartNumber"].to_text()},
                                                {"ETag", unquoted(listed["ETag"].as_string())}}));
  return error;
}

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
  TRY(Value checksum, chosen_checksum(in));
  TRY(Encryption encryption, encryption_for(call, bucket, in));
  Value upload = metadata_of(in);
  upload.set("UploadId", call.random.alphanumeric(64))
      .set("Bucket", in["Bucket"])
      .set("Key", in["Key"])
      .set("_Initiator", call.caller.account)
      .set("Initiated", Time{call.now.ms / 1000 * 1000});
  set_owner(call, bucket, in, upload);
  for (const auto& [name, value] : encryption.members.members()) upload.set(name, value);
  for (const auto& [name, value] : checksum.members()) upload.set(name, value);
  if (in.has("Tagging")) {
    TRY(Value tags, tags_from_query(in["Tagging"].as_string()));
    upload.set("_TagSet", std::move(tags));
  }
  call.put("upload", upload_key(upload), upload);
  Value out;
  for (const char* member : {"Bucket", "Key", "UploadId", "ChecksumAlgorithm", "ChecksumType"})
    if (upload.has(member)) out.set(member, upload[member]);
  add_encryption(upload, in, out);
  return out;
}

Result<Value> upload_part(Call& call, const Value& in) {
  TRY(Value upload, part_target(call, in));
  Payload payload(call, in);
  const ChecksumKind* wanted = checksum_named(upload["ChecksumAlgorithm"].as_string());
  TRY(Value part, check_part_integrity(in, payload, wanted));
  TRY(std::string key, part_key_of(call, upload, in));
  std::string crc = wanted ? "" : payload.checksum(default_checksum.name);
  TRY(Value segment, write_segment(call, payload, key));
  // What was not computed while the part came is read once more.
  Value written = Value::map({{"_Segments", Value::list({segment})}});
  if (wanted && part[wanted->member].as_string().empty()) {
    TRY(std::string sum, checksum_of(call, written, key, *wanted));
    part.set(wanted->member, std::move(sum));
  }
  if (!wanted && crc.empty()) {
    TRY(crc, checksum_of(call, written, key, default_checksum));
  }
  Value out = part;
  part.set("ETag", etag_for(call, {{}, key}, payload.etag()));
  if (!wanted) part.set(own_crc_member, crc);
  store_part(call, in, std::move(segment), part);
  out.set("ETag", part["ETag"]);
  add_encryption(upload, in, out);
  return out;
}

namespace {

Value completed(const Call& call, const Value& bucket, const Value& object, const Value& in) {
  Value out = Value::map({{"Bucket", in["Bucket"]},
                          {"Key", in["Key"]},
                          {"ETag", object["ETag"]},
                          {"Location", call.endpoint + "/" + in["Bucket"].as_string() + "/" +
                                           percent_encode(in["Key"].as_string(), true)}});
  add_checksum(object, out);
  add_encryption(object, in, out);
  if (versioned(bucket)) out.set("VersionId", object["VersionId"]);
  return out;
}

// The object that this upload has become: who completes it again is answered as before
// ("CompleteMultipartUpload": a client that got no answer may ask again).
const Value* made_before(const Call& call, const Value& in) {
  const Value* current =
      call.find("object", object_id(in["Bucket"].as_string(), in["Key"].as_string()));
  return current && (*current)["_UploadId"] == in["UploadId"] ? current : nullptr;
}

struct Joined {
  std::string etag;
  Value segments = Value::list();
  int64_t size = 0;
};

// The ETag is the MD5 of the parts' MD5s, then "-" and their number.
Joined join_parts(const Value& upload, const List& parts) {
  Joined out;
  std::string digests;
  const ChecksumKind* kind = checksum_named(upload["ChecksumAlgorithm"].as_string());
  bool composite = upload["ChecksumType"].as_string() == "COMPOSITE";
  for (const Value& part : parts) {
    digests += hex_decode(unquoted(part["ETag"].as_string())).value_or("");
    Value segment = part["_Segments"].at(0);
    if (kind && composite) segment.set("Checksum", part[kind->member]);
    out.segments.push_back(std::move(segment));
    out.size += part["Size"].as_int();
  }
  out.etag = "\"" + hex_encode(md5(digests)) + "-" + std::to_string(parts.size()) + "\"";
  return out;
}

Status check_whole_size(const Value& in, int64_t size) {
  if (!in.has("MpuObjectSize")) return {};
  std::string given = in["MpuObjectSize"].to_text();
  if (given == std::to_string(size)) return {};
  return aws_error("InvalidRequest",
                   "The provided 'x-amz-mp-object-size' header value " + given +
                       " does not match what was computed: " + std::to_string(size));
}

// Of an upload under a customer's key that names no checksum none is kept (recorded).
Result<Value> checksum_of_whole(const Value& upload, const List& parts, const Value& in) {
  if (!upload.has("ChecksumAlgorithm") && !upload.has("ServerSideEncryption"))
    return Value::map({});
  return checksum_of_parts(upload, parts, in);
}

}  // namespace

Result<Value> complete_multipart_upload(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  CHECK_OK(check_write_headers(in));
  if (const Value* before = made_before(call, in)) return completed(call, bucket, *before, in);
  TRY(Value upload, get_upload(call, in));
  const Value* current =
      call.find("object", object_id(in["Bucket"].as_string(), in["Key"].as_string()));
  TRY(List parts, chosen_parts(call, upload, in));
  TRY(Value checksum, checksum_of_whole(upload, parts, in));
  Joined joined = join_parts(upload, parts);
  CHECK_OK(check_whole_size(in, joined.size));
  CHECK_OK(check_write_conditions(in, current));
  std::set<int64_t> used;
  for (const Value& part : parts) used.insert(part["PartNumber"].as_int());
  for (const Value& part : parts_of(call, in["UploadId"].as_string()))
    if (!used.contains(part["PartNumber"].as_int())) discard_segments(call, part);
  Value object = upload;
  for (const char* member :
       {"UploadId", "Bucket", "Initiated", "_Initiator", "ChecksumAlgorithm", "ChecksumType"})
    object.erase(member);
  for (const auto& [name, value] : checksum.members()) object.set(name, value);
  object.set("Size", joined.size)
      .set("ETag", joined.etag)
      .set("LastModified", Time{call.now.ms / 1000 * 1000})
      .set("_PartsCount", parts.size())
      .set("_UploadId", in["UploadId"])
      .set("_Segments", std::move(joined.segments));
  store_object(call, bucket, object);
  tell_event(call, bucket, "ObjectCreated:CompleteMultipartUpload", object);
  forget_upload(call, in);
  return completed(call, bucket, object, in);
}

Result<Value> abort_multipart_upload(Call& call, const Value& in) {
  CHECK_OK(get_upload(call, in));
  for (const Value& part : parts_of(call, in["UploadId"].as_string())) discard_segments(call, part);
  forget_upload(call, in);
  return Value::map({});
}

}  // namespace mainstay::s3
