#include "services/iam/handlers.hh"

namespace mainstay::iam {

// An account has one alias at most; a new one replaces it (CreateAccountAlias).
Result<Value> create_account_alias(Call& call, const Value& in) {
  call.put("account", "alias", in["AccountAlias"]);
  return Value::map({});
}

Result<Value> delete_account_alias(Call& call, const Value& in) {
  const Value* alias = call.find("account", "alias");
  if (!alias || *alias != in["AccountAlias"])
    return no_such_entity("The account alias " + in["AccountAlias"].as_string() +
                          " cannot be found.");
  call.remove("account", "alias");
  return Value::map({});
}

Result<Value> list_account_aliases(Call& call, const Value&) {
  const Value* alias = call.find("account", "alias");
  return Value::map(
      {{"AccountAliases", alias ? Value::list({*alias}) : Value::list()}, {"IsTruncated", false}});
}

Result<Value> get_account_summary(Call& call, const Value&) {
  auto count = [&](std::string_view table) { return Value(call.all(table).size()); };
  return Value::map({{"SummaryMap", Value::map({{"Users", count("user")},
                                                {"Groups", count("group")},
                                                {"Roles", count("role")},
                                                {"Policies", count("policy")},
                                                {"InstanceProfiles", count("instance-profile")},
                                                {"AccountMFAEnabled", 0},
                                                {"AccountAccessKeysPresent", 0},
                                                {"UsersQuota", 5000},
                                                {"GroupsQuota", 300},
                                                {"RolesQuota", 1000},
                                                {"PoliciesQuota", 1500},
                                                {"InstanceProfilesQuota", 1000},
                                                {"VersionsPerPolicyQuota", 5},
                                                {"AccessKeysPerUserQuota", 2}})}});
}

}  // namespace mainstay::iam
