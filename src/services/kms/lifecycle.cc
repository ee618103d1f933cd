#include "services/kms/blob.hh"
#include "services/kms/handlers.hh"
#include "services/kms/policy.hh"

namespace mainstay::kms {
namespace {

constexpr int64_t window_default_days = 30;

Value shown(Value key) {
  for (const char* member : {"_Policy", "_Tags", "_Materials", "_Rotation", "_OnDemand"})
    key.erase(member);
  return key;
}

Result<Value> set_enabled(Call& call, const Value& in, bool enabled) {
  TRY(Value key, find_own_key(call, in));
  CHECK_OK(check_not_pending(key));
  if (key["KeyState"].as_string() == "PendingImport")
    return aws_error("KMSInvalidStateException", key["Arn"].as_string() + " is pending import.");
  put_key(call, key.set("Enabled", enabled).set("KeyState", enabled ? "Enabled" : "Disabled"));
  return Value::map({});
}

}  // namespace

Result<Value> create_key(Call& call, const Value& in) {
  CHECK_OK(check_tags(in["Tags"]));
  Value asked = in;
  if (in.has("Policy")) {
    TRY(std::string policy, take_policy(call, in));
    asked.set("Policy", std::move(policy));
  }
  TRY(Value key, new_key(call, asked, "CUSTOMER"));
  put_key(call, key);
  return Value::map({{"KeyMetadata", shown(std::move(key))}});
}

Result<Value> describe_key(Call& call, const Value& in) {
  TRY(Value key, find_key(call, in["KeyId"].as_string()));
  return Value::map({{"KeyMetadata", shown(std::move(key))}});
}

Result<Value> list_keys(Call& call, const Value& in) {
  List keys;
  for (const auto& [id, key] : call.all("key"))
    if (!is_gone(key, call.now))
      keys.push_back(Value::map({{"KeyId", id}, {"KeyArn", key["Arn"]}}));
  return page(in, std::move(keys), "Keys", "KeyId", 100);
}

Result<Value> enable_key(Call& call, const Value& in) {
  return set_enabled(call, in, true);
}

Result<Value> disable_key(Call& call, const Value& in) {
  return set_enabled(call, in, false);
}

Result<Value> schedule_key_deletion(Call& call, const Value& in) {
  TRY(Value key, find_own_key(call, in));
  CHECK_OK(check_not_pending(key));
  int64_t days = in["PendingWindowInDays"].as_int(window_default_days);
  if (days < 7 || days > 30)
    return aws_error("ValidationException",
                     "PendingWindowInDays must be between 7 and 30 (inclusive).");
  key.set("Enabled", false)
      .set("KeyState", "PendingDeletion")
      .set("DeletionDate", call.now + days * day_ms);
  put_key(call, key);
  return Value::map({{"KeyId", key["Arn"]},
                     {"DeletionDate", key["DeletionDate"]},
                     {"KeyState", key["KeyState"]},
                     {"PendingWindowInDays", days}});
}

// The key comes back disabled.
Result<Value> cancel_key_deletion(Call& call, const Value& in) {
  TRY(Value key, find_own_key(call, in));
  if (key["KeyState"].as_string() != "PendingDeletion")
    return aws_error("KMSInvalidStateException",
                     key["Arn"].as_string() + " is not pending deletion.");
  key.erase("DeletionDate");
  put_key(call, key.set("KeyState", "Disabled"));
  return Value::map({{"KeyId", key["Arn"]}});
}

Result<Value> update_key_description(Call& call, const Value& in) {
  TRY(Value key, find_own_key(call, in));
  CHECK_OK(check_not_pending(key));
  put_key(call, key.set("Description", in["Description"]));
  return Value::map({});
}

}  // namespace mainstay::kms
