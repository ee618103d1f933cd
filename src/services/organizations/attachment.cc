#include <algorithm>

#include "base/text.hh"
#include "services/organizations/handlers.hh"
#include "services/organizations/policy.hh"

namespace mainstay::organizations {
namespace {

constexpr size_t attached_max = 5;  // of a type to one target (user guide, "Quotas")

std::string owner(const Value& target, const std::string& policy) {
  return target["_Organization"].as_string() + "/" + policy;
}

bool is_attached(const Value& target, const std::string& type, const std::string& policy) {
  const List& ids = target["_Policies"][type].items();
  return std::find(ids.begin(), ids.end(), Value(policy)) != ids.end();
}

Error no_target() {
  return aws_error("TargetNotFoundException", "You specified a target that doesn't exist.");
}

struct Pair {
  Value organization, policy, target;
  std::string type, id;
};

// The policy and the target that the caller names.
Result<Pair> find_pair(Call& call, const Value& in) {
  TRY(Value organization, organization_to_change(call));
  TRY(Value policy, find_policy(call, organization, in["PolicyId"].as_string()));
  TRY(Value target, find_target(call, organization, in["TargetId"].as_string(), no_target()));
  return Pair{organization, policy, target, policy["Type"].as_string(), policy["Id"].as_string()};
}

}  // namespace

void attach(Call& call, Value& target, const std::string& type, const std::string& policy) {
  target.member("_Policies").member(type).push_back(policy);
  relate(call, relation::targets_of, owner(target, policy), target["Id"].as_string());
}

void detach(Call& call, Value& target, const std::string& type, const std::string& policy) {
  std::erase(target.member("_Policies").member(type).make_list(), Value(policy));
  unrelate(call, relation::targets_of, owner(target, policy), target["Id"].as_string());
}

void detach_all(Call& call, Value& target, const std::string& type) {
  const List ids = target["_Policies"][type].items();
  for (const Value& id : ids) detach(call, target, type, id.as_string());
}

void attach_defaults(Call& call, const Value& organization, Value& target) {
  for (const Value& type : organization["_Types"].items())
    attach(call, target, type.as_string(), default_policy(type.as_string()));
}

void detach_everything(Call& call, Value& target) {
  const Value policies = target["_Policies"];
  for (const auto& [type, ids] : policies.members()) detach_all(call, target, type);
}

Result<Value> attach_policy(Call& call, const Value& in) {
  TRY(Pair pair, find_pair(call, in));
  if (!is_enabled(pair.organization, pair.type))
    return aws_error("PolicyTypeNotEnabledException",
                     "This operation can be performed only for enabled policy types.");
  if (is_attached(pair.target, pair.type, pair.id))
    return aws_error("DuplicatePolicyAttachmentException",
                     "The selected policy is already attached to the specified target.");
  if (pair.target["_Policies"][pair.type].size() >= attached_max)
    return constraint("You have attached the maximum number of policies to the specified target.",
                      "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED");
  attach(call, pair.target, pair.type, pair.id);
  put_target(call, pair.target);
  return Value::map({});
}

Result<Value> detach_policy(Call& call, const Value& in) {
  TRY(Pair pair, find_pair(call, in));
  if (!is_attached(pair.target, pair.type, pair.id))
    return aws_error("PolicyNotAttachedException",
                     "The policy isn't attached to the specified target in the specified root.");
  if (pair.id == default_policy(rcp_type))
    return invalid_input("You can't detach RCPFullAWSAccess.", "NON_DETACHABLE_POLICY");
  if (pair.type == scp_type && pair.target["_Policies"][pair.type].size() == 1)
    return constraint(
        "You cannot remove the last policy attached to the specified target. You must have at "
        "least one attached at all times.",
        "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED");
  detach(call, pair.target, pair.type, pair.id);
  put_target(call, pair.target);
  return Value::map({});
}

Result<Value> list_policies_for_target(Call& call, const Value& in) {
  TRY(Value organization, managed_organization(call));
  std::string type = in["Filter"].as_string();
  CHECK_OK(check_type(type));
  TRY(Value target, find_target(call, organization, in["TargetId"].as_string(), no_target()));
  Value policies = Value::list();  // at most attached_max, so never more than a page
  for (const Value& id : target["_Policies"][type].items()) {
    TRY(Value policy, find_policy(call, organization, id.as_string()));
    policies.push_back(shown(policy));
  }
  return Value::map({{"Policies", std::move(policies)}});
}

Result<Value> list_targets_for_policy(Call& call, const Value& in) {
  TRY(Value organization, managed_organization(call));
  TRY(Value policy, find_policy(call, organization, in["PolicyId"].as_string()));
  std::string from = organization["Id"].as_string() + "/" + policy["Id"].as_string();
  return page_of(call, in, relation::targets_of, from, "Targets", [&](const std::string& id) {
    const Value& target = *call.find(is_account_id(id) ? "account" : "node", id);
    return Value::map({{"TargetId", id},
                       {"Arn", target["Arn"]},
                       {"Name", target["Name"]},
                       {"Type", kind_of(id)}});
  });
}

}  // namespace mainstay::organizations
