#include "services/s3/bucket.hh"

// Object Lock ("How S3 Object Lock works", user guide): what can't be deleted, and until when.
namespace mainstay::s3 {
namespace {

constexpr int64_t day_ms = 24LL * 3600 * 1000;

Error not_protected() {
  return aws_error("InvalidRequest", "Bucket is missing Object Lock Configuration");
}

Error is_locked() {
  return aws_error("AccessDenied", "Access Denied because object protected by object lock.", 403);
}

Error no_lock() {
  return aws_error("NoSuchObjectLockConfiguration",
                   "The specified object does not have a ObjectLock configuration", 404);
}

Error not_in_future(const char* name) {
  return invalid_argument("The retain until date must be in the future!", name);
}

bool is_mode(const Value& mode) {
  return mode.as_string() == "GOVERNANCE" || mode.as_string() == "COMPLIANCE";
}

bool is_retained(const Value& object, Time now) {
  return object.has("ObjectLockRetainUntilDate") &&
         now < object["ObjectLockRetainUntilDate"].as_time();
}

struct Version {
  Value bucket, object;
};

// The version that an operation on locks names. A delete marker is refused as such.
Result<Version> find_lockable(Call& call, const Value& in) {
  Version out;
  TRY(out.bucket, get_bucket(call, in));
  if (!out.bucket.has("_ObjectLockConfiguration")) return not_protected();
  TRY(out.object, find_object(call, out.bucket, in));
  return out;
}

// "Retention mode": COMPLIANCE can be extended and nothing else, by nobody; GOVERNANCE also
// extended by whoever may put it, and anything by who bypasses it.
bool may_change(const Value& object, const Value& retention, bool bypasses, Time now) {
  if (!is_retained(object, now)) return true;
  bool compliance = object["ObjectLockMode"].as_string() == "COMPLIANCE";
  if (!compliance && bypasses) return true;
  bool same_mode = retention["Mode"] == object["ObjectLockMode"];
  bool stricter = !compliance && retention["Mode"].as_string() == "COMPLIANCE";
  return (same_mode || stricter) && retention["RetainUntilDate"].as_time().ms >=
                                        object["ObjectLockRetainUntilDate"].as_time().ms;
}

Status check_default_retention(const Value& configuration) {
  if (configuration["ObjectLockEnabled"].as_string() != "Enabled") return malformed_xml();
  if (!configuration.has("Rule")) return {};
  const Value& rule = configuration["Rule"]["DefaultRetention"];
  if (!is_mode(rule["Mode"]) || rule.has("Days") == rule.has("Years")) return malformed_xml();
  int64_t length = rule[rule.has("Days") ? "Days" : "Years"].as_int();
  if (length <= 0)
    return invalid_argument("Default retention period must be a positive integer value.");
  constexpr int64_t days_max = 36'500, years_max = 100;
  if (length > (rule.has("Days") ? days_max : years_max))
    return invalid_argument("Default retention period too large.");
  return {};
}

}  // namespace

// The words are those of recorded answers (corpus, TestS3ObjectLockRetention and …LegalHold).
Status check_lock_headers(const Call& call, const Value& bucket, const Value& in) {
  bool has_mode = in.has("ObjectLockMode"), has_date = in.has("ObjectLockRetainUntilDate");
  if (has_mode && !is_mode(in["ObjectLockMode"]))
    return invalid_argument("Unknown wormMode directive.", "x-amz-object-lock-mode",
                            in["ObjectLockMode"].as_string());
  if (has_mode != has_date)
    return invalid_argument(
        "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
        has_mode ? "x-amz-object-lock-retain-until-date" : "x-amz-object-lock-mode");
  if (!has_mode && !in.has("ObjectLockLegalHoldStatus")) return {};
  if (!bucket.has("_ObjectLockConfiguration")) return not_protected();
  if (has_date && in["ObjectLockRetainUntilDate"].as_time() <= call.now)
    return not_in_future("x-amz-object-lock-retain-until-date");
  return {};
}

Result<Value> put_object_lock_configuration(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  CHECK_OK(check_default_retention(in["ObjectLockConfiguration"]));
  if (!versioning_enabled(bucket))
    return aws_error("InvalidBucketState",
                     "Versioning must be 'Enabled' on the bucket to apply a Object Lock "
                     "configuration",
                     409);
  put_bucket(call, bucket.set("_ObjectLockConfiguration", in["ObjectLockConfiguration"]));
  return Value::map({});
}

// An empty retention takes it away.
Result<Value> put_object_retention(Call& call, const Value& in) {
  TRY(Version version, find_lockable(call, in));
  const Value& retention = in["Retention"];
  bool removes = !retention.has("Mode") && !retention.has("RetainUntilDate");
  if (!retention.is_map() ||
      (!removes && (!is_mode(retention["Mode"]) || !retention["RetainUntilDate"].is_time())))
    return malformed_xml();
  if (!removes && retention["RetainUntilDate"].as_time() <= call.now)
    return not_in_future("RetainUntilDate");
  if (!may_change(version.object, retention, in["BypassGovernanceRetention"].as_bool(), call.now))
    return is_locked();
  version.object.erase("ObjectLockMode");
  version.object.erase("ObjectLockRetainUntilDate");
  if (!removes)
    version.object.set("ObjectLockMode", retention["Mode"])
        .set("ObjectLockRetainUntilDate", retention["RetainUntilDate"]);
  update_object(call, version.bucket, version.object);
  return Value::map({});
}

Result<Value> get_object_retention(Call& call, const Value& in) {
  TRY(Version version, find_lockable(call, in));
  if (!version.object.has("ObjectLockMode")) return no_lock();
  return Value::map({{"Retention", Value::map({{"Mode", version.object["ObjectLockMode"]},
                                               {"RetainUntilDate",
                                                version.object["ObjectLockRetainUntilDate"]}})}});
}

Result<Value> put_object_legal_hold(Call& call, const Value& in) {
  TRY(Version version, find_lockable(call, in));
  const std::string& status = in["LegalHold"]["Status"].as_string();
  if (status != "ON" && status != "OFF") return malformed_xml();
  update_object(call, version.bucket, version.object.set("ObjectLockLegalHoldStatus", status));
  return Value::map({});
}

Result<Value> get_object_legal_hold(Call& call, const Value& in) {
  TRY(Version version, find_lockable(call, in));
  if (!version.object.has("ObjectLockLegalHoldStatus")) return no_lock();
  return Value::map(
      {{"LegalHold", Value::map({{"Status", version.object["ObjectLockLegalHoldStatus"]}})}});
}

// GOVERNANCE yields to who asks so; whether they may is decided before (the action
// BypassGovernanceRetention).
Status check_unlocked(Call& call, const Value& bucket, const Value& in) {
  auto object = find_object(call, bucket, in);
  if (!object.has_value()) return {};  // nothing there, or a delete marker, which no lock holds
  bool held = (*object)["ObjectLockLegalHoldStatus"].as_string() == "ON";
  bool retained = is_retained(*object, call.now);
  bool bypassed = (*object)["ObjectLockMode"].as_string() == "GOVERNANCE" &&
                  in["BypassGovernanceRetention"].as_bool();
  if (!held && (!retained || bypassed)) return {};
  return is_locked();
}

void apply_default_lock(const Call& call, const Value& bucket, Value& object) {
  const Value& rule = bucket["_ObjectLockConfiguration"]["Rule"]["DefaultRetention"];
  if (!rule.has("Mode") || object.has("ObjectLockMode") || object["_Marker"].as_bool()) return;
  int64_t days = rule["Days"].as_int() + rule["Years"].as_int() * 365;
  object.set("ObjectLockMode", rule["Mode"])
      .set("ObjectLockRetainUntilDate", Time{call.now.ms + days * day_ms});
}

}  // namespace mainstay::s3
