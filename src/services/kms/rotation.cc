#include "base/digest.hh"
#include "services/kms/handlers.hh"

namespace mainstay::kms {
namespace {

constexpr int64_t period_default_days = 365;
constexpr int64_t on_demand_max = 25;  // per key ("Resource quotas")

Status check_rotatable(const Value& key) {
  if (key["KeySpec"].as_string() == "SYMMETRIC_DEFAULT" && key["Origin"].as_string() == "AWS_KMS")
    return {};
  return aws_error("UnsupportedOperationException",
                   "Only symmetric encryption keys with key material that KMS made can rotate.");
}

Result<Value> rotatable_key(Call& call, const Value& in) {
  TRY(Value key, find_own_key(call, in));
  CHECK_OK(check_usable(key));
  CHECK_OK(check_rotatable(key));
  return key;
}

}  // namespace

Result<Value> enable_key_rotation(Call& call, const Value& in) {
  TRY(Value key, rotatable_key(call, in));
  int64_t days = in["RotationPeriodInDays"].as_int(period_default_days);
  key.set("_Rotation", Value::map({{"PeriodDays", days}, {"Since", call.now}}));
  put_key(call, key);
  return Value::map({});
}

Result<Value> disable_key_rotation(Call& call, const Value& in) {
  TRY(Value key, rotatable_key(call, in));
  key.erase("_Rotation");
  put_key(call, key);
  return Value::map({});
}

Result<Value> get_key_rotation_status(Call& call, const Value& in) {
  TRY(Value key, find_readable_key(call, in));
  CHECK_OK(check_rotatable(key));
  Value out = Value::map({{"KeyId", key["Arn"]}, {"KeyRotationEnabled", key.has("_Rotation")}});
  if (!key.has("_Rotation")) return out;
  int64_t days = key.at_path("_Rotation.PeriodDays").as_int();
  return out.set("RotationPeriodInDays", days)
      .set("NextRotationDate", key.at_path("_Rotation.Since").as_time() + days * day_ms);
}

// New material encrypts from now on; the old still decrypts.
Result<Value> rotate_key_on_demand(Call& call, const Value& in) {
  TRY(Value key, rotatable_key(call, in));
  int64_t count = key["_OnDemand"].as_int() + 1;
  if (count > on_demand_max)
    return aws_error("LimitExceededException",
                     "The on-demand rotations limit has been reached for the given keyId. No more "
                     "on-demand rotations can be performed for this key: " +
                         key["Arn"].as_string());
  std::string id = new_material_id(call);
  key.member("_Materials")
      .push_back(Value::map({{"KeyMaterialId", id},
                             {"Bytes", Bytes{secure_random(32)}},
                             {"RotationDate", call.now}}));
  put_key(call, key.set("_OnDemand", count).set("CurrentKeyMaterialId", id));
  return Value::map({{"KeyId", key["Arn"]}});
}

Result<Value> list_key_rotations(Call& call, const Value& in) {
  TRY(Value key, find_readable_key(call, in));
  CHECK_OK(check_rotatable(key));
  List rotations;
  for (const Value& m : key["_Materials"].items()) {
    if (!m.has("RotationDate")) continue;
    std::string position = std::to_string(100 + rotations.size());
    rotations.push_back(Value::map({{"KeyId", key["Arn"]},
                                    {"KeyMaterialId", m["KeyMaterialId"]},
                                    {"RotationDate", m["RotationDate"]},
                                    {"RotationType", "ON_DEMAND"},
                                    {"_position", position}}));
  }
  return page(in, std::move(rotations), "Rotations", "_position", 100);
}

}  // namespace mainstay::kms
