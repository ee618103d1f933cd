#include <algorithm>

#include "base/digest.hh"
#include "base/text.hh"
#include "services/iam/handlers.hh"

namespace mainstay::iam {
namespace {

constexpr size_t keys_max = 2;  // of a user (IAM user guide, quotas)

Result<Value> key_of_user(Call& call, const Value& in) {
  auto key = call.credentials().find(in["AccessKeyId"].as_string());
  if (!key || (*key)["Account"].as_string() != call.account ||
      (*key)["Kind"].as_string() != "user" ||
      (in.has("UserName") &&
       !equals_ignoring_case((*key)["UserName"].as_string(), in["UserName"].as_string())))
    return no_such_entity("The Access Key with id " + in["AccessKeyId"].as_string() +
                          " cannot be found.");
  return *key;
}

// What a credential's document has of an access key as the API shows it.
Value shown_key(const Value& key, bool with_secret) {
  Value out = Value::map({{"UserName", key["UserName"]},
                          {"AccessKeyId", key["AccessKeyId"]},
                          {"Status", key["Status"]},
                          {"CreateDate", key["CreateDate"]}});
  if (with_secret) out.set("SecretAccessKey", key["SecretAccessKey"]);
  return out;
}

}  // namespace

Result<Value> create_access_key(Call& call, const Value& in) {
  TRY(Value owner, get(call, user, in));
  const std::string& id = owner["UserId"].as_string();
  auto keys = call.credentials().keys_of_user(call.account, id);
  for (const Value& key : keys)  // made before a kill, which this change did not outlive
    if (!call.once.empty() && key["Once"].as_string() == call.once)
      return Value::map({{"AccessKey", shown_key(key, true)}});
  if (keys.size() >= keys_max)
    return aws_error("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2", 409);
  Value key = Value::map({{"UserName", owner["UserName"]},
                          {"Status", "Active"},
                          {"SecretAccessKey", base64_encode(secure_random(30))},
                          {"CreateDate", Time{call.now.ms / 1000 * 1000}},
                          {"Account", call.account},
                          {"Arn", owner["Arn"]},
                          {"UserId", id},
                          {"Kind", "user"}});
  if (!call.once.empty()) key.set("Once", call.once);
  TRY(key, call.credentials().add("AKIA", std::move(key), call.now, call.random));
  call.after_failure.push_back(
      [credentials = call.credentials(), made = key["AccessKeyId"].as_string()]() mutable {
        (void)credentials.remove(made);
      });
  return Value::map({{"AccessKey", shown_key(key, true)}});
}

Result<Value> list_access_keys(Call& call, const Value& in) {
  TRY(Value owner, get(call, user, in));
  List items;
  for (const Value& key :
       call.credentials().keys_of_user(call.account, owner["UserId"].as_string()))
    items.push_back(shown_key(key, false));
  std::sort(items.begin(), items.end(), [](const Value& a, const Value& b) {
    return key_of(a["AccessKeyId"].as_string()) < key_of(b["AccessKeyId"].as_string());
  });
  return page(in, std::move(items), "AccessKeyMetadata", "AccessKeyId");
}

Result<Value> update_access_key(Call& call, const Value& in) {
  TRY(Value key, key_of_user(call, in));
  CHECK_OK(call.credentials().put(key.set("Status", in["Status"])));
  return Value::map({});
}

Result<Value> delete_access_key(Call& call, const Value& in) {
  TRY(Value key, key_of_user(call, in));
  CHECK_OK(call.credentials().remove(key["AccessKeyId"].as_string()));
  return Value::map({});
}

Result<Value> get_access_key_last_used(Call& call, const Value& in) {
  TRY(Value key, key_of_user(call, in));
  return Value::map(
      {{"UserName", key["UserName"]},
       {"AccessKeyLastUsed", Value::map({{"ServiceName", "N/A"}, {"Region", "N/A"}})}});
}

}  // namespace mainstay::iam
