#include "services/organizations/policy.hh"

#include <algorithm>

#include "base/text.hh"
#include "services/organizations/handlers.hh"
#include "services/organizations/policy_text.hh"

namespace mainstay::organizations {
namespace {

struct AwsPolicy {
  std::string_view type, id, description, content;
};

// User guide: "SCP evaluation" and "RCP evaluation" show both documents.
constexpr AwsPolicy aws_policies[] = {
    {scp_type, "p-FullAWSAccess", "Allows access to every operation",
     R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})"},
    {rcp_type, "p-RCPFullAWSAccess", "Allows access to every resource",
     R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]})"}};

Value shown_aws_policy(const AwsPolicy& p) {
  return Value::map(
      {{"Id", p.id},
       {"Arn", "arn:aws:organizations::aws:policy/" + to_lower(p.type) + "/" + std::string(p.id)},
       {"Name", p.id.substr(2)},
       {"Description", p.description},
       {"Type", p.type},
       {"AwsManaged", true},
       {"_Content", p.content},
       {"_Tags", Value::list()}});
}

Value answer_policy(const Value& policy) {
  return Value::map({{"Policy", Value::map({{"PolicySummary", shown(policy)},
                                            {"Content", policy["_Content"]}})}});
}

std::string owner_key(const Value& organization, const std::string& type) {
  return organization["Id"].as_string() + "/" + type;
}

std::string name_of_type(const Value& organization, const std::string& type,
                         const std::string& name) {
  return owner_key(organization, type) + "|" + name;
}

// Names are unique among the policies of a type.
Status take_name(Call& call, const Value& organization, const Value& policy,
                 const std::string& name) {
  std::string type = policy["Type"].as_string();
  bool is_aws =
      std::any_of(std::begin(aws_policies), std::end(aws_policies),
                  [&](const AwsPolicy& p) { return p.type == type && p.id.substr(2) == name; });
  std::string key = name_of_type(organization, type, name);
  if (is_aws || call.find("policy-name", key))
    return aws_error("DuplicatePolicyException", "A policy with the same name already exists.");
  call.put("policy-name", key, policy["Id"]);
  return {};
}

Result<Value> own_policy(Call& call, const Value& organization, const Value& in) {
  TRY(Value policy, find_policy(call, organization, in["PolicyId"].as_string()));
  if (policy["AwsManaged"].as_bool())
    return invalid_input("You specified a policy that is managed by AWS and can't be modified.",
                         "IMMUTABLE_POLICY");
  return policy;
}

}  // namespace

Status check_type(const std::string& type) {
  if (type == scp_type || type == rcp_type) return {};
  return aws_error("NotImplemented",
                   "mainstay's embedded cloud keeps service and resource control policies, not "
                   "policies of type " +
                       type,
                   501);
}

bool is_enabled(const Value& organization, std::string_view type) {
  const List& types = organization["_Types"].items();
  return std::any_of(types.begin(), types.end(),
                     [&](const Value& t) { return t.as_string() == type; });
}

std::string default_policy(std::string_view type) {
  return type == scp_type ? "p-FullAWSAccess" : "p-RCPFullAWSAccess";
}

Value policy_by_id(const store::Unit& unit, std::string_view organization_id, std::string_view id) {
  for (const AwsPolicy& p : aws_policies)
    if (p.id == id) return shown_aws_policy(p);
  const Value* found = unit.find("policy", id);
  return found && (*found)["_Organization"].as_string() == organization_id ? *found : Value();
}

Result<Value> find_policy(Call& call, const Value& organization, const std::string& id) {
  Value found = policy_by_id(call.db, organization["Id"].as_string(), id);
  if (found.is_null())
    return aws_error("PolicyNotFoundException", "You specified a policy that doesn't exist.");
  return found;
}

Result<Value> create_policy(Call& call, const Value& in) {
  TRY(Value organization, organization_to_change(call));
  std::string type = in["Type"].as_string();
  CHECK_OK(check_type(type));
  CHECK_OK(check_tags(in["Tags"]));
  CHECK_OK(check_content(type, in["Content"].as_string()));
  std::string id = new_name(call, "p-", 8);
  Value policy = Value::map({{"Id", id},
                             {"Arn", arn_in(organization, "policy", to_lower(type) + "/" + id)},
                             {"Name", in["Name"]},
                             {"Description", in["Description"]},
                             {"Type", type},
                             {"AwsManaged", false},
                             {"_Organization", organization["Id"]},
                             {"_Content", in["Content"]},
                             {"_Tags", Value(List(in["Tags"].items()))}});
  CHECK_OK(take_name(call, organization, policy, in["Name"].as_string()));
  call.put("policy", id, policy);
  relate(call, relation::policies_of, owner_key(organization, type), id);
  return answer_policy(policy);
}

Result<Value> describe_policy(Call& call, const Value& in) {
  TRY(Value organization, managed_organization(call));
  TRY(Value policy, find_policy(call, organization, in["PolicyId"].as_string()));
  return answer_policy(policy);
}

Result<Value> update_policy(Call& call, const Value& in) {
  TRY(Value organization, organization_to_change(call));
  TRY(Value policy, own_policy(call, organization, in));
  if (in.has("Content")) {
    CHECK_OK(check_content(policy["Type"].as_string(), in["Content"].as_string()));
    policy.set("_Content", in["Content"]);
  }
  if (in.has("Name") && in["Name"] != policy["Name"]) {
    CHECK_OK(take_name(call, organization, policy, in["Name"].as_string()));
    call.remove("policy-name",
                name_of_type(organization, policy["Type"].as_string(), policy["Name"].as_string()));
    policy.set("Name", in["Name"]);
  }
  if (in.has("Description")) policy.set("Description", in["Description"]);
  call.put("policy", policy["Id"].as_string(), policy);
  return answer_policy(policy);
}

Result<Value> delete_policy(Call& call, const Value& in) {
  TRY(Value organization, organization_to_change(call));
  TRY(Value policy, own_policy(call, organization, in));
  std::string id = policy["Id"].as_string(), type = policy["Type"].as_string();
  if (has_related(call, relation::targets_of, organization["Id"].as_string() + "/" + id))
    return aws_error("PolicyInUseException",
                     "The policy is attached to one or more entities. You must detach it from all "
                     "roots, OUs, and accounts before performing this operation.");
  unrelate(call, relation::policies_of, owner_key(organization, type), id);
  call.remove("policy-name", name_of_type(organization, type, policy["Name"].as_string()));
  call.remove("policy", id);
  return Value::map({});
}

Result<Value> list_policies(Call& call, const Value& in) {
  TRY(Value organization, managed_organization(call));
  std::string type = in["Filter"].as_string();
  CHECK_OK(check_type(type));
  TRY(Value page,
      page_of(call, in, relation::policies_of, owner_key(organization, type), "Policies",
              [&](const std::string& id) { return shown(*call.find("policy", id)); }));
  // AWS's own policy of the type begins the first page.
  if (!in.has("NextToken") && is_enabled(organization, type)) {
    List& items = page.member("Policies").make_list();
    Value own = policy_by_id(call.db, "", default_policy(type));
    items.insert(items.begin(), shown(own));
  }
  return page;
}

}  // namespace mainstay::organizations
