// GetObjectAttributes.
#include <algorithm>

#include "base/text.hh"
#include "services/s3/bucket.hh"
#include "services/s3/checksum.hh"
#include "services/s3/encryption.hh"

namespace mainstay::s3 {
namespace {

constexpr size_t listed_parts_max = 1000;

constexpr std::string_view attribute_names[] = {"ETag", "Checksum", "ObjectParts", "StorageClass",
                                                "ObjectSize"};

// A composite checksum without the number of parts (recorded).
Value checksum_attribute(const Value& object) {
  const ChecksumKind* kind = checksum_in(object);
  if (!kind) return {};
  Value out;
  add_checksum(object, out);
  const std::string& text = object[kind->member].as_string();
  return out.set(kind->member, text.substr(0, text.find('-')));
}

// Parts are listed where each has a checksum of its own.
Value parts_attribute(const Value& object, const Value& in) {
  if (!object.has("_PartsCount")) return {};
  Value out = Value::map({{"TotalPartsCount", object["_PartsCount"]}});
  const ChecksumKind* kind = checksum_in(object);
  if (!kind || object["ChecksumType"].as_string() != "COMPOSITE") return out;
  size_t most =
      std::min(static_cast<size_t>(in["MaxParts"].as_int(listed_parts_max)), listed_parts_max);
  const List& segments = object["_Segments"].items();
  size_t after = static_cast<size_t>(parse_int(in["PartNumberMarker"].to_text()).value_or(0));
  Value parts = Value::list();
  size_t next = after;
  while (next < segments.size() && parts.size() < most) {
    const Value& segment = segments[next++];
    parts.push_back(Value::map(
        {{"PartNumber", next}, {"Size", segment["Size"]}, {kind->member, segment["Checksum"]}}));
  }
  return out.set("PartNumberMarker", std::to_string(after))
      .set("NextPartNumberMarker", std::to_string(next))
      .set("MaxParts", most)
      .set("IsTruncated", next < segments.size())
      .set("Parts", std::move(parts));
}

Status check_attributes(const Value& in) {
  for (const Value& name : in["ObjectAttributes"].items())
    if (std::ranges::find(attribute_names, name.as_string()) == std::end(attribute_names))
      return invalid_argument("Invalid attribute name specified.", "x-amz-object-attributes",
                              name.as_string());
  return {};
}

}  // namespace

Result<Value> get_object_attributes(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  CHECK_OK(check_attributes(in));
  TRY(Value object, find_object(call, bucket, in));
  CHECK_OK(data_key_of(call, object, in));
  std::string etag = object["ETag"].as_string();
  std::erase(etag, '"');
  const std::pair<std::string_view, Value> attributes[] = {
      {"ETag", etag},
      {"Checksum", checksum_attribute(object)},
      {"ObjectSize", object["Size"]},
      {"StorageClass", object.has("StorageClass") ? object["StorageClass"] : Value("STANDARD")},
      {"ObjectParts", parts_attribute(object, in)}};
  Value out = Value::map({{"LastModified", object["LastModified"]}});
  if (versioned(bucket)) out.set("VersionId", object["VersionId"]);
  for (const auto& [name, value] : attributes)
    if (!value.is_null() && std::ranges::count(in["ObjectAttributes"].items(), Value(name)) > 0)
      out.set(name, value);
  return out;
}

}  // namespace mainstay::s3
