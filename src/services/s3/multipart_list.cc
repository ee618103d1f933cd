// Lists of uploads and of their parts.
#include <algorithm>

#include "base/text.hh"
#include "services/s3/bucket.hh"
#include "services/s3/checksum.hh"

namespace mainstay::s3 {
namespace {

Value initiator_of(const Call& call, const Value& upload) {
  return owner_of(upload.has("_Initiator") ? upload["_Initiator"].as_string() : call.account);
}

// As ListParts shows it: without a checksum where the upload names none.
Value part_row(const Value& upload, const Value& part) {
  Value row;
  for (const char* member : {"PartNumber", "LastModified", "ETag", "Size"})
    row.set(member, part[member]);
  if (const ChecksumKind* kind = checksum_named(upload["ChecksumAlgorithm"].as_string()))
    row.set(kind->member, part[kind->member]);
  return row;
}

Value upload_row(const Call& call, const Value& in, const Value& upload) {
  Value row;
  for (const char* member :
       {"Key", "UploadId", "Initiated", "StorageClass", "ChecksumAlgorithm", "ChecksumType"})
    if (upload.has(member)) row.set(member, upload[member]);
  if (!row.has("StorageClass")) row.set("StorageClass", "STANDARD");
  return row.set("Key", list_text(in, upload["Key"].as_string()))
      .set("Owner", owner_of(upload["_Owner"].as_string()))
      .set("Initiator", initiator_of(call, upload));
}

// A page of uploads in the order of their keys, those that share what comes up to the delimiter
// folded.
struct UploadPage {
  Value rows = Value::list();
  std::vector<std::string> prefixes;
  bool more = false;
  Value last;  // the last upload taken
};

UploadPage page_of_uploads(Call& call, const Value& in, size_t count) {
  UploadPage page;
  const std::string &bucket = in["Bucket"].as_string(), &marker = in["KeyMarker"].as_string();
  const std::string& prefix = in["Prefix"].as_string();
  const std::string within = object_id(bucket, prefix);
  std::string from = within;
  if (!marker.empty()) {
    const std::string& id = in["UploadIdMarker"].as_string();
    from = std::max(from, object_id(bucket, marker) + '\0' + (id.empty() ? "\xff" : id));
  }
  const auto& all = call.all("upload");
  for (auto it = all.upper_bound(from); it != all.end() && it->first.starts_with(within); ++it) {
    std::string folded =
        folded_prefix(it->second["Key"].as_string(), prefix, in["Delimiter"].as_string());
    bool is_known = !page.prefixes.empty() && page.prefixes.back() == folded;
    if (!folded.empty() && (is_known || marker.starts_with(folded))) continue;
    if ((page.more = page.rows.size() + page.prefixes.size() == count)) break;
    if (!folded.empty()) {
      page.prefixes.push_back(folded);
      continue;
    }
    page.rows.push_back(upload_row(call, in, it->second));
    page.last = it->second;
  }
  return page;
}

}  // namespace

Result<Value> list_parts(Call& call, const Value& in) {
  TRY(Value upload, get_upload(call, in));
  int64_t after = parse_int(in["PartNumberMarker"].to_text()).value_or(0);
  TRY(size_t count, count_asked(in, "MaxParts", "max-parts"));
  Value parts = Value::list();
  bool more = false;
  int64_t last = 0;
  for (const Value& part : parts_of(call, in["UploadId"].as_string())) {
    if (part["PartNumber"].as_int() <= after) continue;
    if ((more = parts.size() == count)) break;
    last = part["PartNumber"].as_int();
    parts.push_back(part_row(upload, part));
  }
  Value out = Value::map({{"Bucket", in["Bucket"]},
                          {"Key", in["Key"]},
                          {"UploadId", in["UploadId"]},
                          {"MaxParts", count},
                          {"IsTruncated", more && count > 0},
                          {"StorageClass", "STANDARD"},
                          {"Owner", owner_of(upload["_Owner"].as_string())},
                          {"Initiator", initiator_of(call, upload)},
                          {"PartNumberMarker", std::to_string(after)},
                          {"NextPartNumberMarker", std::to_string(last)}});
  for (const char* member : {"StorageClass", "ChecksumAlgorithm", "ChecksumType"})
    if (upload.has(member)) out.set(member, upload[member]);
  return out.set("Parts", std::move(parts));
}

Result<Value> list_multipart_uploads(Call& call, const Value& in) {
  CHECK_OK(get_bucket(call, in));
  CHECK_OK(check_encoding(in));
  TRY(size_t count, count_asked(in, "MaxUploads", "max-uploads"));
  UploadPage page = page_of_uploads(call, in, count);
  Value out = Value::map({{"Bucket", in["Bucket"]},
                          {"KeyMarker", list_text(in, in["KeyMarker"].as_string())},
                          {"UploadIdMarker", in["UploadIdMarker"].as_string()},
                          {"NextKeyMarker", list_text(in, page.last["Key"].as_string())},
                          {"NextUploadIdMarker", page.last["UploadId"].as_string()},
                          {"MaxUploads", count},
                          {"IsTruncated", page.more && count > 0}});
  if (in.has("Prefix")) out.set("Prefix", list_text(in, in["Prefix"].as_string()));
  if (in.has("Delimiter")) out.set("Delimiter", list_text(in, in["Delimiter"].as_string()));
  if (in.has("EncodingType")) out.set("EncodingType", "url");
  Value prefixes = Value::list();
  for (const std::string& folded : page.prefixes)
    prefixes.push_back(Value::map({{"Prefix", list_text(in, folded)}}));
  if (!prefixes.empty()) out.set("CommonPrefixes", std::move(prefixes));
  return out.set("Uploads", std::move(page.rows));
}

}  // namespace mainstay::s3
