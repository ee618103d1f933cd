#include "services/s3/lifecycle.hh"

#include "base/text.hh"
#include "services/s3/notification.hh"

namespace mainstay::s3 {
namespace {

constexpr size_t swept_at_once = 500;  // keys of one change
constexpr int64_t small_object_bytes = 128 << 10;

const List& rules_of(const Value& bucket) {
  return bucket["_Lifecycle"]["Rules"].items();
}

// One key's versions as the rules see them: the current one, and the others, the newest first, each
// with the time since when it is not current.
struct OldVersion {
  Value object;
  Time since;
};
struct Swept {
  Value current;
  std::vector<OldVersion> old;
};

Swept look_at_key(Call& call, const std::string& bucket, const std::string& key) {
  Swept out;
  const Value* current = call.find("object", object_id(bucket, key));
  if (!current) return out;
  out.current = *current;
  Time since = out.current["LastModified"].as_time();
  const std::string prefix = object_id(bucket, key) + '\0';
  const auto& all = call.all("version");
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it) {
    out.old.push_back({it->second, since});
    since = it->second["LastModified"].as_time();
  }
  return out;
}

bool is_locked(Call& call, const Value& bucket, const Value& object) {
  return !check_unlocked(call, bucket,
                         Value::map({{"Bucket", bucket["Name"]},
                                     {"Key", object["Key"]},
                                     {"VersionId", object["VersionId"]}}))
              .has_value();
}

// Whether the class may be changed by a transition: small objects stay where they are unless the
// rule speaks of sizes ("Transitioning objects", constraints).
bool may_move(const Value& bucket, const Value& rule, const Value& object) {
  const Value& filter = rule["Filter"];
  const Value& said = filter.has("And") ? filter["And"] : filter;
  if (said.has("ObjectSizeGreaterThan") || said.has("ObjectSizeLessThan")) return true;
  return bucket["_Lifecycle"]["TransitionDefaultMinimumObjectSize"].as_string() !=
             "all_storage_classes_128K" ||
         object["Size"].as_int() >= small_object_bytes;
}

void move_object(Call& call, const Value& bucket, Value object, const Value& storage_class) {
  if (object["StorageClass"] == storage_class) return;
  update_object(call, bucket, object.set("StorageClass", storage_class));
  tell_event(call, bucket, "LifecycleTransition", object);
}

// Returns whether the current version went.
bool expire_current(Call& call, const Value& bucket, const Value& rule, const Swept& key) {
  const Value& object = key.current;
  if (object["_Marker"].as_bool()) {
    bool cleans =
        rule["Expiration"]["ExpiredObjectDeleteMarker"].as_bool() || rule["Expiration"].has("Days");
    if (!cleans || !key.old.empty()) return false;
    delete_version(call, bucket, object["Key"].as_string(), object["VersionId"].as_string(),
                   "LifecycleExpiration");
    return true;
  }
  auto due = expiry_by(rule, object);
  if (!due || call.now < *due) return false;
  delete_version(call, bucket, object["Key"].as_string(), std::nullopt, "LifecycleExpiration");
  return true;
}

void move_current(Call& call, const Value& bucket, const Value& rule, const Value& object) {
  if (object["_Marker"].as_bool() || !may_move(bucket, rule, object)) return;
  const Value* last = nullptr;  // of those that are due, the one that came due last
  Time latest{};
  for (const Value& transition : rule["Transitions"].items()) {
    Time due = transition.has("Date")
                   ? transition["Date"].as_time()
                   : midnight_after(object["LastModified"].as_time(), transition["Days"].as_int());
    if (call.now < due || (last && due < latest)) continue;
    last = &transition["StorageClass"];
    latest = due;
  }
  if (last) move_object(call, bucket, object, *last);
}

void sweep_old(Call& call, const Value& bucket, const Value& rule,
               const std::vector<OldVersion>& old) {
  const Value& expiration = rule["NoncurrentVersionExpiration"];
  int64_t kept = expiration["NewerNoncurrentVersions"].as_int();
  int64_t number = 0;
  for (const auto& [object, since] : old) {
    if (!is_for(rule, object)) continue;
    bool is_due = expiration.has("NoncurrentDays") && ++number > kept &&
                  midnight_after(since, expiration["NoncurrentDays"].as_int()) <= call.now;
    if (is_due && !is_locked(call, bucket, object)) {
      delete_version(call, bucket, object["Key"].as_string(), object["VersionId"].as_string(),
                     "LifecycleExpiration");
      continue;
    }
    if (object["_Marker"].as_bool() || !may_move(bucket, rule, object)) continue;
    for (const Value& transition : rule["NoncurrentVersionTransitions"].items())
      if (midnight_after(since, transition["NoncurrentDays"].as_int()) <= call.now)
        move_object(call, bucket, object, transition["StorageClass"]);
  }
}

void sweep_key(Call& call, const Value& bucket, const std::string& key) {
  for (const Value& rule : rules_of(bucket)) {
    Swept swept = look_at_key(call, bucket["Name"].as_string(), key);
    if (swept.current.is_null()) return;
    sweep_old(call, bucket, rule, swept.old);
    swept = look_at_key(call, bucket["Name"].as_string(), key);
    if (!is_for(rule, swept.current)) continue;
    if (!expire_current(call, bucket, rule, swept)) move_current(call, bucket, rule, swept.current);
  }
}

void sweep_uploads(Call& call, const Value& bucket) {
  std::vector<Value> due;
  const std::string prefix = bucket["Name"].as_string() + '\0';
  const auto& all = call.all("upload");
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it)
    for (const Value& rule : rules_of(bucket)) {
      const Value& days = rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"];
      if (days.is_null() || !is_for(rule, it->second)) continue;
      if (call.now < midnight_after(it->second["Initiated"].as_time(), days.as_int())) continue;
      due.push_back(it->second);
      break;
    }
  for (const Value& upload : due)
    (void)abort_multipart_upload(call, Value::map({{"Bucket", bucket["Name"]},
                                                   {"Key", upload["Key"]},
                                                   {"UploadId", upload["UploadId"]}}));
}

std::string timer_of(const std::string& bucket) {
  return "lifecycle/" + bucket;
}

}  // namespace

void watch_lifecycle(Call& call, const Value& bucket) {
  const std::string& name = bucket["Name"].as_string();
  if (rules_of(bucket).empty()) return call.cancel_timer(timer_of(name));
  call.at(midnight_after(call.now + 1, 0), "sweep lifecycle", Value::map({{"Bucket", name}}),
          timer_of(name));
}

Status sweep_lifecycle(Call& call, const Value& what) {
  const Value* found = call.find("bucket", what["Bucket"].as_string());
  if (!found) return {};
  const Value bucket = *found;
  const std::string& name = bucket["Name"].as_string();
  if (rules_of(bucket).empty()) return {};
  std::vector<std::string> keys;
  const std::string prefix = name + '\0';
  const auto& all = call.all("object");
  auto it = what.has("After") ? all.upper_bound(object_id(name, what["After"].as_string()))
                              : all.lower_bound(prefix);
  for (; it != all.end() && it->first.starts_with(prefix) && keys.size() < swept_at_once; ++it)
    keys.push_back(it->second["Key"].as_string());
  for (const std::string& key : keys) sweep_key(call, bucket, key);
  if (keys.size() == swept_at_once) {
    call.after(0, "sweep lifecycle", Value::map({{"Bucket", name}, {"After", keys.back()}}));
    return {};
  }
  sweep_uploads(call, bucket);
  watch_lifecycle(call, bucket);
  return {};
}

std::string expiration_of(const Value& bucket, const Value& object) {
  std::optional<Time> first;
  std::string id;
  for (const Value& rule : rules_of(bucket)) {
    auto due = is_for(rule, object) ? expiry_by(rule, object) : std::nullopt;
    if (!due || (first && *first <= *due)) continue;
    first = due;
    id = rule["ID"].as_string();
  }
  if (!first) return "";
  return "expiry-date=\"" + format_http_date(*first) + "\", rule-id=\"" + percent_encode(id) + "\"";
}

}  // namespace mainstay::s3
