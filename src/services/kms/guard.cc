// What guards a key: its policy, which must allow even within its account, and its grants. Sources:
// KMS developer guide, "Key policies in AWS KMS", "Grants in AWS KMS".
#include <algorithm>

#include "cloud/authorization.hh"
#include "cloud/cloud.hh"
#include "cloud/condition_keys.hh"
#include "services/kms/blob.hh"
#include "services/kms/handlers.hh"

namespace mainstay::kms {
namespace {

using cloud::Authorization;

// The key that the request names, by id, alias or ciphertext; nothing where there is none (the
// handler has the words for that).
Result<Value> named_key(Call& call, const Value& in, bool by_alias) {
  // Changing an alias is decided by the key that it means as well as by the one that it will mean.
  if (by_alias && in.has("AliasName"))
    if (auto found = find_key(call, in["AliasName"].as_string()); found.has_value()) return found;
  for (const char* member : {"SourceKeyId", "KeyId", "TargetKeyId", "AliasName"})
    if (in.has(member)) return find_key(call, in[member].as_string());
  std::string arn = key_arn_in(in["CiphertextBlob"].as_bytes());
  if (arn.empty()) return not_found("");
  return find_key(call, arn);
}

bool is_subset(const Value& small, const Value& large) {
  return std::all_of(small.members().begin(), small.members().end(),
                     [&](const auto& member) { return large[member.first] == member.second; });
}

bool constraints_hold(const Value& constraints, const Value& context) {
  const Value& equals = constraints["EncryptionContextEquals"];
  return is_subset(constraints["EncryptionContextSubset"], context) &&
         (equals.is_null() || (is_subset(equals, context) && is_subset(context, equals)));
}

// The encryption context that an action is about.
const Value& context_of(const Value& in, std::string_view action) {
  if (action == "ReEncryptFrom") return in["SourceEncryptionContext"];
  if (action == "ReEncryptTo") return in["DestinationEncryptionContext"];
  return in["EncryptionContext"];
}

// "Grant constraints": they hold for cryptographic operations, not for DescribeKey and RetireGrant.
// "Grants in AWS KMS": a grantee that makes a grant gives no operation that its own grant lacks,
// and no fewer constraints.
bool covers(const Value& grant, std::string_view operation, const Value& in) {
  const List& operations = grant["Operations"].items();
  auto has = [&](const Value& one) {
    return std::find(operations.begin(), operations.end(), one) != operations.end();
  };
  if (!has(Value(operation))) return false;
  if (operation == "DescribeKey" || operation == "RetireGrant") return true;
  const Value& constraints = grant["Constraints"];
  if (operation != "CreateGrant") return constraints_hold(constraints, context_of(in, operation));
  const Value& asked = in["Constraints"];
  const Value& equals = constraints["EncryptionContextEquals"];
  bool as_strict = equals.is_null() || asked["EncryptionContextEquals"] == equals;
  const Value& subset = constraints["EncryptionContextSubset"];
  as_strict &=
      is_subset(subset, asked["EncryptionContextSubset"]) ||
      (asked.has("EncryptionContextEquals") && is_subset(subset, asked["EncryptionContextEquals"]));
  const List& given = in["Operations"].items();
  return as_strict && std::all_of(given.begin(), given.end(), has);
}

bool is_grantee(const std::string& grantee, const policy::Principal& principal) {
  policy::Principals named;
  (principal.kind == policy::Principal::Kind::service ? named.service : named.aws) = {grantee};
  return policy::reach_of(named, principal) != policy::Reach::none;
}

void add_grants(Call& call, const Value& in, const Value& key, Authorization& authorization) {
  // Grants name operations as the API does: "kms:Decrypt" is "Decrypt".
  std::string operation =
      authorization.request.action.substr(authorization.request.action.find(':') + 1);
  for (const std::string& id : call.find_by("grant", "KeyId", key["Arn"].as_string())) {
    const Value& grant = *call.find("grant", id);
    if (!covers(grant, operation, in) ||
        !is_grantee(grant["GranteePrincipal"].as_string(), authorization.request.principal))
      continue;
    authorization.policies.other_grant = policy::Reach::direct;
    authorization.policies.other_grant_name = "KMS grant " + id;
    return;
  }
}

void guard_by(const Value& key, Authorization& authorization) {
  if (authorization.resource_type != "alias")
    authorization.request.resource = key["Arn"].as_string();
  authorization.aws_managed = key["KeyManager"].as_string() == "AWS";
  authorization.policies.resource_must_allow = true;
}

// The key to which ReEncrypt writes may be another account's.
Status guard_foreign_key(Call& call, const std::string& account, const Value& name,
                         Authorization& authorization) {
  auto ask = [&](const char* operation, const Value& key_id) {
    Result<Value> answer = Value();
    call.outside([&] {  // two accounts' keys are never held at once
      answer =
          call.cloud.invoke(cloud::Caller::service_principal(account, "kms.amazonaws.com"), account,
                            call.region, "kms", operation, Value::map({{"KeyId", key_id}}));
    });
    return answer;
  };
  auto described = ask("DescribeKey", name);
  if (!described.has_value()) return {};
  const Value& key = (*described)["KeyMetadata"];
  TRY(Value policy, ask("GetKeyPolicy", key["Arn"]));
  guard_by(key, authorization);
  authorization.request.resource_account = account;
  return authorization.add(policy::Kind::resource, "key policy of " + key["Arn"].as_string(),
                           policy["Policy"].as_string());
}

void add_keys(Call& call, const Value& in, const Value& key, Authorization& authorization) {
  std::string action =
      authorization.request.action.substr(authorization.request.action.find(':') + 1);
  std::vector<std::string> names;
  for (const auto& [name, value] : context_of(in, action).members()) {
    authorization.request.context.set("kms:EncryptionContext:" + name, value.as_string());
    names.push_back(name);
  }
  if (!names.empty())
    authorization.request.context.set_list("kms:EncryptionContextKeys", std::move(names));
  cloud::ConditionKeys::table().add_of_resource(authorization, call, key);
  auto aliases = call.find_by("alias", "TargetKeyId", key["KeyId"].as_string());
  if (!aliases.empty())
    authorization.request.context.set_list("kms:ResourceAliases", std::move(aliases));
  if (call.operation != "ReEncrypt") return;
  auto source = named_key(call, in, false);
  auto destination = find_key(call, in["DestinationKeyId"].as_string());
  bool same =
      source.has_value() && destination.has_value() && (*source)["Arn"] == (*destination)["Arn"];
  authorization.request.context.set("kms:ReEncryptOnSameKey", same ? "true" : "false");
}

}  // namespace

std::string owner_of_destination(Call& call, const Value& in) {
  bool at_home = call.account == call.caller.account && in.has("DestinationKeyId");
  return at_home ? account_meant(Value::map({{"KeyId", in["DestinationKeyId"]}})) : "";
}

Status guard(Call& call, const Value& in, Authorization& authorization) {
  if (authorization.resource_type.empty()) return {};
  bool destination = authorization.request.action == "kms:ReEncryptTo";
  if (destination) {
    std::string account = account_meant(Value::map({{"KeyId", in["DestinationKeyId"]}}));
    if (account.empty()) account = call.caller.account;
    if (account != call.account)
      return guard_foreign_key(call, account, in["DestinationKeyId"], authorization);
  }
  auto found = destination ? find_key(call, in["DestinationKeyId"].as_string())
                           : named_key(call, in, authorization.resource_type == "alias");
  if (!found.has_value()) return {};
  const Value& key = *found;
  guard_by(key, authorization);
  authorization.resource_tags(key["_Tags"]);
  add_keys(call, in, key, authorization);
  add_grants(call, in, key, authorization);
  return authorization.add(policy::Kind::resource, "key policy of " + key["Arn"].as_string(),
                           key["_Policy"].as_string());
}

}  // namespace mainstay::kms
