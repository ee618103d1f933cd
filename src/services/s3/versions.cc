#include "base/text.hh"
#include "services/s3/bucket.hh"
#include "services/s3/notification.hh"

namespace mainstay::s3 {
namespace {

constexpr std::string_view null_version = "null";

// Where a version that is no longer current stands: the newest first under its key.
std::string version_id(std::string_view bucket, std::string_view key, const Value& object) {
  uint64_t order = ~static_cast<uint64_t>(object["_Order"].as_int());
  std::string digits;
  for (int shift = 60; shift >= 0; shift -= 4) digits += "0123456789abcdef"[order >> shift & 15];
  return object_id(bucket, key) + '\0' + digits;
}

// The noncurrent versions of a key, newest first: the table's own key and the document.
std::vector<std::pair<std::string, Value>> noncurrent(Call& call, std::string_view bucket,
                                                      std::string_view key) {
  std::string prefix = object_id(bucket, key) + '\0';
  std::vector<std::pair<std::string, Value>> out;
  const auto& all = state_of(call, bucket).all("version");
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it)
    out.push_back(*it);
  return out;
}

// One more than any order the key has had: the order in which its versions came to be.
int64_t next_order(Call& call, const Value& bucket, const Value* current) {
  return current ? (*current)["_Order"].as_int() + 1 : call.now.ms + (versioned(bucket) ? 1 : 0);
}

// A version called "null" is replaced by the next one of that name, wherever it stands.
void drop_null_version(Call& call, std::string_view bucket, std::string_view key) {
  for (const auto& [id, object] : noncurrent(call, bucket, key)) {
    if (object["VersionId"].as_string() != null_version) continue;
    discard_segments(call, object);
    call.remove("version", id);
  }
}

Error not_of_marker(const Call& call) {
  Error error = aws_error("MethodNotAllowed",
                          "The specified method is not allowed against this resource.", 405);
  std::string_view method = call.operation.starts_with("Put")      ? "PUT"
                            : call.operation.starts_with("Delete") ? "DELETE"
                                                                   : "GET";
  error.fields = std::make_shared<const Value>(
      Value::map({{"Method", method}, {"ResourceType", "DeleteMarker"}}));
  return error;
}

Error no_such_version(const Value& in) {
  Error error = aws_error("NoSuchVersion", "The specified version does not exist.", 404);
  error.fields = std::make_shared<const Value>(
      Value::map({{"Key", in["Key"]}, {"VersionId", in["VersionId"]}}));
  return error;
}

// After the current version went: the newest of the others takes its place.
void promote(Call& call, std::string_view bucket, std::string_view key) {
  auto others = noncurrent(call, bucket, key);
  call.remove("object", object_id(bucket, key));
  if (others.empty()) return;
  call.remove("version", others.front().first);
  call.put("object", object_id(bucket, key), others.front().second);
}

}  // namespace

std::string object_id(std::string_view bucket, std::string_view key) {
  return std::string(bucket) + '\0' + std::string(key);
}

void store_object(Call& call, const Value& bucket, Value& object) {
  const std::string& name = bucket["Name"].as_string();
  const std::string key = object["Key"].as_string();
  std::string id = object_id(name, key);
  const Value* current = call.find("object", id);
  bool enabled = versioning_enabled(bucket);
  object.set("VersionId", enabled ? call.random.alphanumeric(32) : std::string(null_version));
  object.set("_Order", next_order(call, bucket, current));
  apply_default_lock(call, bucket, object);
  if (current) {
    bool replaced = !enabled && (*current)["VersionId"].as_string() == null_version;
    if (replaced) {
      discard_segments(call, *current);
    } else {
      call.put("version", version_id(name, key, *current), *current);
    }
  }
  if (!enabled && versioned(bucket)) drop_null_version(call, name, key);
  call.put("object", id, object);
}

Status check_version_id(const std::string& id) {
  constexpr size_t id_length = 32;
  if (id.size() == id_length || id == null_version) return {};
  return invalid_argument("Invalid version id specified", "versionId", id);
}

Result<Value> find_object(Call& call, const Value& bucket, const Value& in) {
  const std::string& name = bucket["Name"].as_string();
  const std::string& key = in["Key"].as_string();
  const Value* current = state_of(call, name).find("object", object_id(name, key));
  if (!in.has("VersionId")) {
    if (!current || (*current)["_Marker"].as_bool()) return no_such_key(key);
    return *current;
  }
  auto check = [&](const Value& object) -> Result<Value> {
    if (object["_Marker"].as_bool()) return not_of_marker(call);
    return object;
  };
  if (current && (*current)["VersionId"] == in["VersionId"]) return check(*current);
  for (const auto& [id, object] : noncurrent(call, name, key))
    if (object["VersionId"] == in["VersionId"]) return check(object);
  CHECK_OK(check_version_id(in["VersionId"].as_string()));
  return no_such_version(in);
}

void update_object(Call& call, const Value& bucket, const Value& object) {
  const std::string& name = bucket["Name"].as_string();
  const std::string& key = object["Key"].as_string();
  std::string id = object_id(name, key);
  const Value* current = call.find("object", id);
  if (current && (*current)["_Order"] == object["_Order"]) {
    call.put("object", id, object);
  } else {
    call.put("version", version_id(name, key, object), object);
  }
}

namespace {

// The document of a version and its place in the table of those that are not current.
std::optional<std::pair<std::string, Value>> find_noncurrent(Call& call, std::string_view bucket,
                                                             std::string_view key,
                                                             const std::string& version) {
  for (auto& [place, object] : noncurrent(call, bucket, key))
    if (object["VersionId"].as_string() == version) return std::pair(place, std::move(object));
  return std::nullopt;
}

Value delete_named(Call& call, const Value& bucket, std::string_view key,
                   const std::string& version, const std::string& event) {
  const std::string& name = bucket["Name"].as_string();
  const Value* current = call.find("object", object_id(name, key));
  Value out = Value::map({{"VersionId", version}}), gone;
  if (current && (*current)["VersionId"].as_string() == version) {
    gone = *current;
    promote(call, name, key);
  } else if (auto other = find_noncurrent(call, name, key, version)) {
    gone = std::move(other->second);
    call.remove("version", other->first);
  }
  if (gone.is_null()) return out;
  if (gone["_Marker"].as_bool()) out.set("DeleteMarker", true);
  discard_segments(call, gone);
  tell_event(call, bucket, event, gone);
  return out;
}

}  // namespace

Value delete_version(Call& call, const Value& bucket, std::string_view key,
                     const std::optional<std::string>& version, const std::string& cause) {
  if (version) return delete_named(call, bucket, key, *version, cause + ":Delete");
  std::string id = object_id(bucket["Name"].as_string(), key);
  if (!versioned(bucket)) {
    const Value* current = call.find("object", id);
    if (!current) return Value::map({});
    Value gone = *current;
    discard_segments(call, gone);
    call.remove("object", id);
    tell_event(call, bucket, cause + ":Delete", gone);
    return Value::map({});
  }
  Value marker = Value::map({{"Key", key},
                             {"_Marker", true},
                             {"LastModified", Time{call.now.ms / 1000 * 1000}},
                             {"_Owner", call.account}});
  store_object(call, bucket, marker);
  tell_event(call, bucket, cause + ":DeleteMarkerCreated", marker);
  return Value::map({{"DeleteMarker", true}, {"VersionId", marker["VersionId"]}});
}

}  // namespace mainstay::s3
