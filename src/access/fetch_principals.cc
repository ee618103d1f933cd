// IAM's users, groups, roles and managed policies, by GetAccountAuthorizationDetails.
#include "access/fetch.hh"
#include "base/json.hh"
#include "base/text.hh"

namespace mainstay::access {
namespace {

constexpr int64_t principals_page = 1000;
constexpr int document_depth_max = 128;

// IAM hands documents out percent-encoded (RFC 3986).
Result<Value> decoded(const Value& text) {
  return parse_json(percent_decode(text.as_string()), document_depth_max);
}

Result<std::vector<NamedPolicy>> inline_policies(const Value& list) {
  std::vector<NamedPolicy> out;
  for (const Value& item : list.items()) {
    TRY(Value document, decoded(item["PolicyDocument"]));
    out.push_back({item["PolicyName"].as_string(), std::move(document)});
  }
  return out;
}

struct Member {
  Entity::Kind kind;
  const char *list, *name, *id, *policies;
};
constexpr Member members[] = {
    {Entity::Kind::user, "UserDetailList", "UserName", "UserId", "UserPolicyList"},
    {Entity::Kind::group, "GroupDetailList", "GroupName", "GroupId", "GroupPolicyList"},
    {Entity::Kind::role, "RoleDetailList", "RoleName", "RoleId", "RolePolicyList"}};

Result<Entity> entity_of(const Member& member, const Value& detail) {
  Entity entity;
  entity.kind = member.kind;
  entity.name = detail[member.name].as_string();
  entity.arn = detail["Arn"].as_string();
  entity.unique_id = detail[member.id].as_string();
  TRY(entity.inline_policies, inline_policies(detail[member.policies]));
  for (const Value& policy : detail["AttachedManagedPolicies"].items())
    entity.attached.push_back(policy["PolicyArn"].as_string());
  entity.boundary = detail["PermissionsBoundary"]["PermissionsBoundaryArn"].as_string();
  for (const Value& group : detail["GroupList"].items()) entity.groups.push_back(group.as_string());
  for (const Value& tag : detail["Tags"].items())
    entity.tags.emplace_back(tag["Key"].as_string(), tag["Value"].as_string());
  if (detail.has("AssumeRolePolicyDocument")) {
    TRY(entity.trust, decoded(detail["AssumeRolePolicyDocument"]));
  }
  entity.instance_profile = !detail["InstanceProfileList"].empty();
  return entity;
}

Status add_page(const Value& page, Account& account) {
  for (const Member& member : members)
    for (const Value& detail : page[member.list].items()) {
      TRY(Entity entity, entity_of(member, detail));
      account.entities.push_back(std::move(entity));
    }
  for (const Value& policy : page["Policies"].items())
    for (const Value& version : policy["PolicyVersionList"].items()) {
      if (!version["IsDefaultVersion"].as_bool()) continue;
      TRY(Value document, decoded(version["Document"]));
      account.policies.push_back({policy["Arn"].as_string(), std::move(document)});
    }
  return {};
}

}  // namespace

Status fetch_principals(aws::Client& client, Account& account) {
  Value input = Value::map({{"MaxItems", principals_page}});
  std::set<std::string> seen;
  while (true) {
    TRY(Value page, client.call("iam", "GetAccountAuthorizationDetails", input));
    CHECK_OK(add_page(page, account));
    const std::string& next = page["Marker"].as_string();
    if (!page["IsTruncated"].as_bool() || next.empty()) return {};
    if (!seen.insert(next).second || account.entities.size() > items_max)
      return Error("PageTokenRepeated", "the same page was handed out twice")
          .because("iam:GetAccountAuthorizationDetails");
    input.set("Marker", next);
  }
}

void fetch_managed_policies(aws::Client& client,
                            const std::function<bool(const std::string& arn)>& known,
                            Account& account, Notes& notes) {
  std::set<std::string> wanted;
  auto want = [&](const std::string& arn) {
    if (arn.contains(":iam::aws:policy/") && !known(arn)) wanted.insert(arn);
  };
  for (const Entity& entity : account.entities) {
    for (const std::string& arn : entity.attached) want(arn);
    want(entity.boundary);
  }
  auto read = [&](const std::string& arn) -> Result<Value> {
    TRY(Value policy, client.call("iam", "GetPolicy", Value::map({{"PolicyArn", arn}})));
    Value version =
        Value::map({{"PolicyArn", arn}, {"VersionId", policy["Policy"]["DefaultVersionId"]}});
    TRY(Value answer, client.call("iam", "GetPolicyVersion", version));
    return decoded(answer["PolicyVersion"]["Document"]);
  };
  for (const std::string& arn : wanted) {
    auto document = read(arn);
    if (document)
      account.policies.push_back({arn, std::move(*document)});
    else
      notes.unread("the policy " + arn, document.error());
  }
}

}  // namespace mainstay::access
