#include <algorithm>

#include "base/text.hh"
#include "cloud/paging.hh"
#include "services/s3/bucket.hh"
#include "services/s3/checksum.hh"

namespace mainstay::s3 {
namespace {

// One pass over a bucket's keys in order: those with the prefix, after a marker, those that share
// what follows up to the delimiter folded into one common prefix. Each key or prefix counts as one.
struct Walk {
  std::string bucket, prefix, delimiter;
  size_t count_max = keys_max;
  List rows;  // documents, as visit() made them
  std::vector<std::string> prefixes;
  bool truncated = false;
  std::string last;  // the last key or prefix taken
};

std::string common_prefix(const Walk& walk, const std::string& key) {
  return folded_prefix(key, walk.prefix, walk.delimiter);
}

// The first text after every text that begins with this one.
std::string after_all(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.pop_back();
  if (!prefix.empty())
    prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

template <class Visit>
void walk_keys(Call& call, Walk& walk, const std::string& after, const Visit& visit) {
  const auto& all = call.all("object");
  std::string base = object_id(walk.bucket, walk.prefix);
  size_t name_size = walk.bucket.size() + 1;
  auto it = all.lower_bound(base);
  if (!after.empty()) {
    std::string skipped = common_prefix(walk, after);
    bool folded = after == skipped && !skipped.empty();
    it = folded ? all.lower_bound(after_all(object_id(walk.bucket, after)))
                : all.upper_bound(object_id(walk.bucket, after));
    if (it != all.end() && it->first < base) it = all.lower_bound(base);
  }
  while (it != all.end() && it->first.starts_with(base)) {
    std::string key = it->first.substr(name_size);
    std::string folded = common_prefix(walk, key);
    bool full = walk.rows.size() + walk.prefixes.size() >= walk.count_max;
    if (folded.empty()) {
      if (!visit(key, it->second, full)) {
        walk.truncated = true;
        return;
      }
      ++it;
      continue;
    }
    if (full) {
      walk.truncated = true;
      return;
    }
    walk.prefixes.push_back(folded);
    walk.last = folded;
    it = all.lower_bound(after_all(object_id(walk.bucket, folded)));
  }
}

Value list_row(const Value& object, bool owner) {
  Value row = Value::map(
      {{"Key", object["Key"]},
       {"LastModified", object["LastModified"]},
       {"ETag", object["ETag"]},
       {"Size", object["Size"]},
       {"StorageClass", object.has("StorageClass") ? object["StorageClass"] : Value("STANDARD")}});
  if (object.has("ChecksumType")) row.set("ChecksumType", object["ChecksumType"]);
  if (const ChecksumKind* kind = checksum_in(object))
    row.set("ChecksumAlgorithm", Value::list({kind->name}));
  if (owner) row.set("Owner", owner_of(object["_Owner"].as_string()));
  return row;
}

}  // namespace

Status check_encoding(const Value& in) {
  if (!in.has("EncodingType") || in["EncodingType"].as_string() == "url") return {};
  return invalid_argument("Invalid Encoding Method specified in Request", "encoding-type",
                          in["EncodingType"].as_string());
}

std::string list_text(const Value& in, const std::string& text) {
  return in["EncodingType"].as_string() == "url" ? percent_encode(text, true) : text;
}

std::string folded_prefix(std::string_view key, std::string_view prefix,
                          std::string_view delimiter) {
  if (delimiter.empty()) return "";
  size_t at = key.find(delimiter, prefix.size());
  return at == std::string_view::npos ? "" : std::string(key.substr(0, at + delimiter.size()));
}

Result<size_t> count_asked(const Value& in, const char* member, const std::string& parameter) {
  int64_t count = in[member].as_int(keys_max);
  if (count < 0)
    return invalid_argument(
        "Argument " + parameter + " must be an integer between 0 and 2147483647", parameter,
        std::to_string(count));
  return std::min(static_cast<size_t>(count), keys_max);
}

namespace {

Result<Walk> start_walk(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  CHECK_OK(check_encoding(in));
  TRY(size_t count, count_asked(in, "MaxKeys", "max-keys"));
  return Walk{in["Bucket"].as_string(),
              in["Prefix"].as_string(),
              in["Delimiter"].as_string(),
              count,
              {},
              {},
              false,
              ""};
}

// What all lists answer alike; keys percent-encoded where the client asked for it.
Value answer(const Value& in, Walk& walk) {
  bool encode = in.has("EncodingType");
  auto text = [&](const std::string& t) { return list_text(in, t); };
  Value prefixes = Value::list();
  for (const std::string& p : walk.prefixes) prefixes.push_back(Value::map({{"Prefix", text(p)}}));
  if (encode)
    for (Value& row : walk.rows) row.set("Key", text(row["Key"].as_string()));
  Value out = Value::map({{"Name", walk.bucket},
                          {"Prefix", text(walk.prefix)},
                          {"MaxKeys", walk.count_max},
                          {"IsTruncated", walk.truncated && walk.count_max > 0}});
  if (!walk.delimiter.empty()) out.set("Delimiter", text(walk.delimiter));
  if (encode) out.set("EncodingType", "url");
  if (!prefixes.empty()) out.set("CommonPrefixes", std::move(prefixes));
  return out;
}

void walk_current(Call& call, Walk& walk, const std::string& after, bool owner) {
  walk_keys(call, walk, after, [&](const std::string& key, const Value& object, bool full) {
    if (object["_Marker"].as_bool()) return true;
    if (full) return false;
    walk.rows.push_back(list_row(object, owner));
    walk.last = key;
    return true;
  });
}

Value version_row(const Value& object, bool latest) {
  Value row = object["_Marker"].as_bool()
                  ? Value::map({{"Key", object["Key"]}, {"LastModified", object["LastModified"]}})
                  : list_row(object, false);
  return row.set("VersionId", object["VersionId"])
      .set("IsLatest", latest)
      .set("Owner", owner_of(object["_Owner"].as_string()))
      .set("_Marker", object["_Marker"].as_bool());
}

}  // namespace

Result<Value> list_objects(Call& call, const Value& in) {
  TRY(Walk walk, start_walk(call, in));
  walk_current(call, walk, in["Marker"].as_string(), true);
  Value out = answer(in, walk);
  out.set("Marker", in["Marker"].as_string()).set("Contents", Value(std::move(walk.rows)));
  if (out["IsTruncated"].as_bool() && !walk.delimiter.empty())
    out.set("NextMarker", list_text(in, walk.last));
  return out;
}

Result<Value> list_objects_v2(Call& call, const Value& in) {
  TRY(Walk walk, start_walk(call, in));
  std::string after = in["StartAfter"].as_string();
  if (in.has("ContinuationToken")) {
    auto position = cloud::read_token(in["ContinuationToken"].as_string());
    if (!position)
      return invalid_argument("The continuation token provided is incorrect", "continuation-token");
    after = *position;
  }
  walk_current(call, walk, after, in["FetchOwner"].as_bool());
  Value out = answer(in, walk);
  out.set("KeyCount", walk.rows.size() + walk.prefixes.size());
  out.set("Contents", Value(std::move(walk.rows)));
  for (const char* member : {"StartAfter", "ContinuationToken"})
    if (in.has(member)) out.set(member, in[member]);
  if (out["IsTruncated"].as_bool()) out.set("NextContinuationToken", cloud::make_token(walk.last));
  return out;
}

// Every version of every key, the current one first. A page may end amid the versions of a key.
Result<Value> list_object_versions(Call& call, const Value& in) {
  TRY(Walk walk, start_walk(call, in));
  std::string key_marker = in["KeyMarker"].as_string(),
              version_marker = in["VersionIdMarker"].as_string();
  if (!version_marker.empty() && key_marker.empty())
    return invalid_argument("A version-id marker cannot be specified without a key marker.",
                            "version-id-marker", version_marker);
  Value next;
  auto take = [&](const Value& object, bool latest) {
    if (walk.rows.size() + walk.prefixes.size() >= walk.count_max) return false;
    walk.rows.push_back(version_row(object, latest));
    next = Value::map(
        {{"NextKeyMarker", object["Key"]}, {"NextVersionIdMarker", object["VersionId"]}});
    return true;
  };
  auto visit = [&](const std::string& key, const Value& current, bool) {
    bool skipping = key == key_marker && !version_marker.empty();
    auto offer = [&](const Value& object, bool latest) {
      if (!skipping) return take(object, latest);
      skipping = object["VersionId"].as_string() != version_marker;
      return true;
    };
    if (!offer(current, true)) return false;
    std::string prefix = object_id(walk.bucket, key) + '\0';
    const auto& all = call.all("version");
    for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it)
      if (!offer(it->second, false)) return false;
    return true;
  };
  // With a version marker the marker's own key is walked again, to go on amid its versions.
  std::string after = key_marker;
  if (!version_marker.empty() && !after.empty()) {
    const Value* current = call.find("object", object_id(walk.bucket, key_marker));
    if (current) visit(key_marker, *current, false);
  }
  walk_keys(call, walk, after, visit);
  Value versions = Value::list(), markers = Value::list();
  Value out = answer(in, walk);
  for (const Value& row : walk.rows) (row["_Marker"].as_bool() ? markers : versions).push_back(row);
  if (out["IsTruncated"].as_bool())
    for (const auto& [name, value] : next.members()) out.set(name, value);
  return out.set("KeyMarker", key_marker)
      .set("VersionIdMarker", version_marker)
      .set("Versions", std::move(versions))
      .set("DeleteMarkers", std::move(markers));
}

}  // namespace mainstay::s3
