#include "services/organizations/organizations.hh"

#include "cloud/authorization.hh"
#include "services/organizations/handlers.hh"
#include "services/organizations/policy.hh"

namespace mainstay::organizations {
namespace {

// The policy's type, of the operations that name a policy by its id.
Status guard(Call& call, const Value& in, cloud::Authorization& authorization) {
  if (!in.has("PolicyId")) return {};
  const std::string& id = in["PolicyId"].as_string();
  const Value* own = call.find("policy", id);
  Value policy = own ? *own : policy_by_id(call.db, "", id);
  if (policy.has("Type"))
    authorization.request.context.set("organizations:PolicyType", policy["Type"].as_string());
  return {};
}

}  // namespace

cloud::Service make_service() {
  using cloud::reads, cloud::writes;
  cloud::Service service;
  service.name = "organizations";
  service.calls = {"iam"};
  service.scope = cloud::Scope::global;
  service.guard = guard;
  service.operations = {writes("CreateOrganization", create_organization),
                        reads("DescribeOrganization", describe_organization),
                        writes("DeleteOrganization", delete_organization),
                        reads("ListRoots", list_roots),
                        writes("EnablePolicyType", enable_policy_type),
                        writes("DisablePolicyType", disable_policy_type),
                        writes("CreateAccount", create_account),
                        reads("DescribeCreateAccountStatus", describe_create_account_status),
                        reads("ListCreateAccountStatus", list_create_account_status),
                        reads("ListAccounts", list_accounts),
                        reads("DescribeAccount", describe_account),
                        writes("RemoveAccountFromOrganization", remove_account_from_organization),
                        writes("LeaveOrganization", leave_organization),
                        writes("InviteAccountToOrganization", invite_account),
                        reads("DescribeHandshake", describe_handshake),
                        writes("AcceptHandshake", accept_handshake),
                        writes("DeclineHandshake", decline_handshake),
                        writes("CancelHandshake", cancel_handshake),
                        reads("ListHandshakesForAccount", list_handshakes_for_account),
                        reads("ListHandshakesForOrganization", list_handshakes_for_organization),
                        writes("CreateOrganizationalUnit", create_unit),
                        reads("DescribeOrganizationalUnit", describe_unit),
                        writes("UpdateOrganizationalUnit", update_unit),
                        writes("DeleteOrganizationalUnit", delete_unit),
                        reads("ListOrganizationalUnitsForParent", list_units_for_parent),
                        reads("ListAccountsForParent", list_accounts_for_parent),
                        reads("ListChildren", list_children),
                        reads("ListParents", list_parents),
                        writes("MoveAccount", move_account),
                        writes("CreatePolicy", create_policy),
                        reads("DescribePolicy", describe_policy),
                        writes("UpdatePolicy", update_policy),
                        writes("DeletePolicy", delete_policy),
                        reads("ListPolicies", list_policies),
                        writes("AttachPolicy", attach_policy),
                        writes("DetachPolicy", detach_policy),
                        reads("ListPoliciesForTarget", list_policies_for_target),
                        reads("ListTargetsForPolicy", list_targets_for_policy),
                        writes("TagResource", tag_resource),
                        writes("UntagResource", untag_resource),
                        reads("ListTagsForResource", list_tags_for_resource)};
  service.describe_standing = [](const store::Unit& unit, std::string_view account,
                                 Standing& standing) { standing = standing_of(unit, account); };
  return service;
}

}  // namespace mainstay::organizations
