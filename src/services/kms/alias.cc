#include "services/kms/handlers.hh"

namespace mainstay::kms {
namespace {

constexpr size_t aliases_per_key_max = 50;

Status check_name(const Call& call, const std::string& name) {
  if (!name.starts_with("alias/") || name.size() == 6)
    return aws_error("ValidationException", "Invalid identifier");
  if (name.find(':') != std::string::npos)
    return aws_error("ValidationException", name + " contains invalid characters for an alias");
  if (is_aws_alias(name)) return aws_error("NotAuthorizedException", "");
  if (call.account != call.caller.account) return access_denied(call);
  return {};
}

Error no_alias(const Call& call, const std::string& name) {
  return not_found("Alias " + call.arn(name) + " is not found.");
}

Result<Value> target_key(Call& call, const Value& in) {
  const std::string& id = in["TargetKeyId"].as_string();
  TRY(Value key, find_own_key(call, Value::map({{"KeyId", id}})));
  CHECK_OK(check_not_pending(key));
  if (call.find_by("alias", "TargetKeyId", key["KeyId"].as_string()).size() >= aliases_per_key_max)
    return aws_error("LimitExceededException", "Alias limit exceeded for " + id);
  return key;
}

// An alias whose key is deleted is no more either.
bool is_live(Call& call, const Value& alias) {
  const Value* key = call.find("key", alias["TargetKeyId"].as_string());
  return key && !is_gone(*key, call.now);
}

}  // namespace

Result<Value> create_alias(Call& call, const Value& in) {
  const std::string& name = in["AliasName"].as_string();
  CHECK_OK(check_name(call, name));
  const Value* taken = call.find("alias", name);
  if (taken && is_live(call, *taken))
    return aws_error("AlreadyExistsException",
                     "An alias with the name " + call.arn(name) + " already exists");
  TRY(Value key, target_key(call, in));
  call.put("alias", name,
           Value::map({{"AliasName", name},
                       {"AliasArn", call.arn(name)},
                       {"TargetKeyId", key["KeyId"]},
                       {"CreationDate", call.now},
                       {"LastUpdatedDate", call.now}}));
  return Value::map({});
}

// To another key of the same kind.
Result<Value> update_alias(Call& call, const Value& in) {
  const std::string& name = in["AliasName"].as_string();
  CHECK_OK(check_name(call, name));
  const Value* found = call.find("alias", name);
  if (!found || !is_live(call, *found)) return no_alias(call, name);
  Value alias = *found;
  TRY(Value key, target_key(call, in));
  const Value& before = *call.find("key", alias["TargetKeyId"].as_string());
  if (before["KeyUsage"] != key["KeyUsage"])
    return aws_error("ValidationException",
                     "The current and new KMS keys of an alias must have the same key usage.");
  alias.set("TargetKeyId", key["KeyId"]).set("LastUpdatedDate", call.now);
  call.put("alias", name, std::move(alias));
  return Value::map({});
}

Result<Value> delete_alias(Call& call, const Value& in) {
  const std::string& name = in["AliasName"].as_string();
  CHECK_OK(check_name(call, name));
  if (!call.remove("alias", name)) return no_alias(call, name);
  return Value::map({});
}

Result<Value> list_aliases(Call& call, const Value& in) {
  List out;
  if (in.has("KeyId")) {
    TRY(Value key, find_readable_key(call, in));
    for (const std::string& name : call.find_by("alias", "TargetKeyId", key["KeyId"].as_string()))
      out.push_back(*call.find("alias", name));
  } else {
    for (const auto& [name, alias] : call.all("alias"))
      if (is_live(call, alias)) out.push_back(alias);
  }
  return page(in, std::move(out), "Aliases", "AliasName", 50);
}

}  // namespace mainstay::kms
