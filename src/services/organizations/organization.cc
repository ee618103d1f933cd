#include <algorithm>

#include "services/organizations/handlers.hh"
#include "services/organizations/membership.hh"
#include "services/organizations/policy.hh"

namespace mainstay::organizations {
namespace {

Value policy_types(const Value& organization) {
  Value out = Value::list();
  for (const Value& type : organization["_Types"].items())
    out.push_back(Value::map({{"Type", type}, {"Status", "ENABLED"}}));
  return out;
}

Value root_of(Call& call, const Value& organization) {
  return *call.find("node", organization["_Root"].as_string());
}

Value shown_root(Call& call, const Value& organization) {
  return shown(root_of(call, organization)).set("PolicyTypes", policy_types(organization));
}

// The account's root under which every unit and account stands.
void make_root(Call& call, const Value& organization) {
  const std::string& id = organization["_Root"].as_string();
  Value root = Value::map({{"Id", id},
                           {"Arn", arn_in(organization, "root", id)},
                           {"Name", "Root"},
                           {"_Organization", organization["Id"]},
                           {"_Parent", ""},
                           {"_Tags", Value::list()}});
  attach_defaults(call, organization, root);
  put_target(call, root);
}

// The root and everything below it: units before what they hold.
std::vector<std::string> whole_tree(Call& call, const Value& organization) {
  std::vector<std::string> out{organization["_Root"].as_string()};
  for (size_t at = 0; at < out.size(); ++at) {
    std::string parent = out[at];
    for (std::string_view relation : {relation::units_in, relation::accounts_in})
      for (std::string& id : related(call, relation, parent)) out.push_back(std::move(id));
  }
  return out;
}

Result<Value> root_for_type(Call& call, const Value& organization, const Value& in) {
  if (in["RootId"] != organization["_Root"])
    return aws_error("RootNotFoundException", "You specified a root that doesn't exist.");
  CHECK_OK(check_type(in["PolicyType"].as_string()));
  if (organization["FeatureSet"].as_string() != "ALL")
    return aws_error("PolicyTypeNotAvailableForOrganizationException",
                     "You can't use the specified policy type with the feature set currently "
                     "enabled for this organization.");
  return root_of(call, organization);
}

void forget(Call& call, const Value& organization) {
  std::string id = organization["Id"].as_string();
  for (std::string_view type : {scp_type, rcp_type}) {
    std::string from = id + "/" + std::string(type);
    for (const std::string& policy : related(call, relation::policies_of, from)) {
      unrelate(call, relation::policies_of, from, policy);
      call.remove("policy-name", from + "|" + (*call.find("policy", policy))["Name"].as_string());
      call.remove("policy", policy);
    }
  }
  for (const std::string& request : related(call, relation::requests_of, id)) {
    unrelate(call, relation::requests_of, id, request);
    call.remove("request", request);
  }
  call.remove("organization", id);
}

}  // namespace

Result<Value> create_organization(Call& call, const Value& in) {
  if (call.find("account", call.account))
    return aws_error("AlreadyInOrganizationException",
                     "The AWS account is already a member of an organization.");
  std::string features = in.has("FeatureSet") ? in["FeatureSet"].as_string() : "ALL";
  std::string id = new_name(call, "o-", 10);
  Value types = features == "ALL" ? Value::list({scp_type}) : Value::list();
  Value organization = Value::map({{"Id", id},
                                   {"FeatureSet", features},
                                   {"MasterAccountId", call.account},
                                   {"MasterAccountEmail", made_up_email(call.account)},
                                   {"_Root", new_name(call, "r-", 4)},
                                   {"_Types", types},
                                   {"_Revision", 1}});
  organization.set("Arn", "arn:aws:organizations::" + call.account + ":organization/" + id);
  organization.set("MasterAccountArn", arn_in(organization, "account", call.account));
  call.put("organization", id, organization);
  make_root(call, organization);
  add_account(call, organization,
              {call.account, made_up_email(call.account), "management", "INVITED", {}});
  return describe_organization(call, in);
}

Result<Value> describe_organization(Call& call, const Value&) {
  TRY(Value organization, own_organization(call));
  Value out = shown(organization);
  out.set("AvailablePolicyTypes",
          organization["FeatureSet"].as_string() == "ALL"
              ? Value::list({Value::map({{"Type", scp_type}, {"Status", "ENABLED"}})})
              : Value::list());
  return Value::map({{"Organization", std::move(out)}});
}

Result<Value> delete_organization(Call& call, const Value&) {
  TRY(Value organization, managed_organization(call));
  std::string id = organization["Id"].as_string();
  if (related(call, relation::accounts_of, id).size() > 1)
    return aws_error("OrganizationNotEmptyException",
                     "To delete the organization you must first remove all member accounts "
                     "(except the management account).");
  remove_account(call, *call.find("account", call.account));
  for (const std::string& node : whole_tree(call, organization)) {
    Value document = *call.find("node", node);
    detach_everything(call, document);
    std::string parent = document["_Parent"].as_string();
    unrelate(call, relation::units_in, parent, node);
    call.remove("unit-name", parent + "|" + document["Name"].as_string());
    call.remove("node", node);
  }
  forget(call, organization);
  return Value::map({});
}

Result<Value> list_roots(Call& call, const Value&) {
  TRY(Value organization, managed_organization(call));
  return Value::map({{"Roots", Value::list({shown_root(call, organization)})}});
}

Result<Value> enable_policy_type(Call& call, const Value& in) {
  TRY(Value organization, organization_to_change(call));
  CHECK_OK(root_for_type(call, organization, in));
  std::string type = in["PolicyType"].as_string();
  if (is_enabled(organization, type))
    return aws_error("PolicyTypeAlreadyEnabledException",
                     "The specified policy type is already enabled.");
  organization.member("_Types").push_back(type);
  call.put("organization", organization["Id"].as_string(), organization);
  for (const std::string& id : whole_tree(call, organization)) {
    TRY(Value target, find_target(call, organization, id, no_parent()));
    attach(call, target, type, default_policy(type));
    put_target(call, target);
  }
  return Value::map({{"Root", shown_root(call, organization)}});
}

Result<Value> disable_policy_type(Call& call, const Value& in) {
  TRY(Value organization, organization_to_change(call));
  CHECK_OK(root_for_type(call, organization, in));
  std::string type = in["PolicyType"].as_string();
  if (!is_enabled(organization, type))
    return aws_error("PolicyTypeNotEnabledException",
                     "This operation can be performed only for enabled policy types.");
  std::erase(organization.member("_Types").make_list(), Value(type));
  call.put("organization", organization["Id"].as_string(), organization);
  for (const std::string& id : whole_tree(call, organization)) {
    TRY(Value target, find_target(call, organization, id, no_parent()));
    detach_all(call, target, type);
    put_target(call, target);
  }
  return Value::map({{"Root", shown_root(call, organization)}});
}

}  // namespace mainstay::organizations
