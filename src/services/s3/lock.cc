#include "services/s3/bucket.hh"

// Object Lock ("How S3 Object Lock works", user guide): what can't be deleted, and until when.
namespace mainstay::s3 {
namespace {

constexpr int64_t day_ms = 24LL * 3600 * 1000;

}  // namespace

// GOVERNANCE yields to who asks so; whether they may is decided before (the action
// BypassGovernanceRetention).
Status check_unlocked(Call& call, const Value& bucket, const Value& in) {
  auto object = find_object(call, bucket, in);
  if (!object.has_value()) return {};  // nothing there, or a delete marker, which no lock holds
  bool held = (*object)["ObjectLockLegalHoldStatus"].as_string() == "ON";
  bool retained = (*object).has("ObjectLockRetainUntilDate") &&
                  call.now < (*object)["ObjectLockRetainUntilDate"].as_time();
  bool bypassed = (*object)["ObjectLockMode"].as_string() == "GOVERNANCE" &&
                  in["BypassGovernanceRetention"].as_bool();
  if (!held && (!retained || bypassed)) return {};
  return aws_error("AccessDenied", "Access Denied because object protected by object lock.", 403);
}

void apply_default_lock(const Call& call, const Value& bucket, Value& object) {
  const Value& rule = bucket["_ObjectLockConfiguration"]["Rule"]["DefaultRetention"];
  if (!rule.has("Mode") || object.has("ObjectLockMode") || object["_Marker"].as_bool()) return;
  int64_t days = rule["Days"].as_int() + rule["Years"].as_int() * 365;
  object.set("ObjectLockMode", rule["Mode"])
      .set("ObjectLockRetainUntilDate", Time{call.now.ms + days * day_ms});
}

}  // namespace mainstay::s3
