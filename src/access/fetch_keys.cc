// KMS keys with their policies, grants and aliases.
#include <map>

#include "access/fetch.hh"
#include "base/json.hh"

namespace mainstay::access {
namespace {

constexpr int key_policy_depth_max = 128;

using Aliases = std::map<std::string, std::vector<std::string>>;  // by key id

Result<Aliases> aliases_in(aws::Client& client, const std::string& region) {
  TRY(List listed,
      client.list("kms", {"ListAliases", "Aliases", "Marker", "NextMarker"}, Value::map(), region));
  Aliases out;
  for (const Value& alias : listed)
    out[alias["TargetKeyId"].as_string()].push_back(alias["AliasName"].as_string());
  return out;
}

KeyGrant grant_of(const Value& listed) {
  KeyGrant grant{listed["GrantId"].as_string(),
                 listed["GranteePrincipal"].as_string(),
                 {},
                 listed["Constraints"]};
  for (const Value& operation : listed["Operations"].items())
    grant.operations.push_back(operation.as_string());
  return grant;
}

Result<Key> key_of(aws::Client& client, const std::string& region, const Value& listed) {
  Key key;
  key.arn = listed["KeyArn"].as_string();
  Value by_id = Value::map({{"KeyId", listed["KeyId"]}});
  TRY(Value described, client.call("kms", "DescribeKey", by_id, region));
  const std::string& manager = described["KeyMetadata"]["KeyManager"].as_string();
  if (!manager.empty()) key.manager = manager;
  TRY(Value answer,
      client.call("kms", "GetKeyPolicy", Value(by_id).set("PolicyName", "default"), region));
  TRY(key.policy, parse_json(answer["Policy"].as_string(), key_policy_depth_max));
  TRY(List grants,
      client.list("kms", {"ListGrants", "Grants", "Marker", "NextMarker"}, by_id, region));
  for (const Value& grant : grants) key.grants.push_back(grant_of(grant));
  return key;
}

}  // namespace

void fetch_keys(aws::Client& client, const std::set<std::string>& regions, Account& account,
                Notes& notes) {
  for (const std::string& region : regions) {
    std::string where = "keys of account " + account.id + " in " + region;
    auto listed =
        client.list("kms", {"ListKeys", "Keys", "Marker", "NextMarker"}, Value::map(), region);
    auto aliases = aliases_in(client, region);
    if (!listed || !aliases) {
      notes.unread(where, listed ? aliases.error() : listed.error());
      continue;
    }
    for (const Value& one : *listed) {
      auto key = key_of(client, region, one);
      if (!key) {
        notes.unread("key " + one["KeyArn"].as_string(), key.error());
        continue;
      }
      key->aliases = (*aliases)[one["KeyId"].as_string()];
      account.keys.push_back(std::move(*key));
    }
  }
}

}  // namespace mainstay::access
