#include "services/iam/iam.hh"

#include "services/iam/entity_policies.hh"
#include "services/iam/handlers.hh"

namespace mainstay::iam {
namespace {

using cloud::reads, cloud::writes;

constexpr cloud::Operation operations[] = {
    writes("CreateUser", create_user),
    reads("GetUser", get_user),
    reads("ListUsers", list_users),
    writes("UpdateUser", update_user),
    writes("DeleteUser", delete_user),
    reads("ListGroupsForUser", list_groups_for_user),
    writes("CreateLoginProfile", create_login_profile),
    reads("GetLoginProfile", get_login_profile),
    writes("DeleteLoginProfile", delete_login_profile),
    writes("CreateAccessKey", create_access_key),
    reads("ListAccessKeys", list_access_keys),
    writes("UpdateAccessKey", update_access_key),
    writes("DeleteAccessKey", delete_access_key),
    reads("GetAccessKeyLastUsed", get_access_key_last_used),
    writes("CreateServiceSpecificCredential", create_service_specific_credential),
    reads("ListServiceSpecificCredentials", list_service_specific_credentials),
    writes("UpdateServiceSpecificCredential", update_service_specific_credential),
    writes("ResetServiceSpecificCredential", reset_service_specific_credential),
    writes("DeleteServiceSpecificCredential", delete_service_specific_credential),
    writes("CreateGroup", create_group),
    reads("GetGroup", get_group),
    reads("ListGroups", list_groups),
    writes("UpdateGroup", update_group),
    writes("DeleteGroup", delete_group),
    writes("AddUserToGroup", add_user_to_group),
    writes("RemoveUserFromGroup", remove_user_from_group),
    writes("CreateRole", create_role),
    writes("CreateServiceLinkedRole", create_service_linked_role),
    writes("DeleteServiceLinkedRole", delete_service_linked_role),
    reads("GetServiceLinkedRoleDeletionStatus", get_service_linked_role_deletion_status),
    reads("GetRole", get_role),
    reads("ListRoles", list_roles),
    writes("UpdateRole", update_role),
    writes("UpdateRoleDescription", update_role_description),
    writes("UpdateAssumeRolePolicy", update_assume_role_policy),
    writes("DeleteRole", delete_role),
    writes("CreateInstanceProfile", create_instance_profile),
    reads("GetInstanceProfile", get_instance_profile),
    reads("ListInstanceProfiles", list_instance_profiles),
    reads("ListInstanceProfilesForRole", list_instance_profiles_for_role),
    writes("DeleteInstanceProfile", delete_instance_profile),
    writes("AddRoleToInstanceProfile", add_role_to_instance_profile),
    writes("RemoveRoleFromInstanceProfile", remove_role_from_instance_profile),
    writes("TagInstanceProfile", tag_instance_profile),
    writes("UntagInstanceProfile", untag_instance_profile),
    reads("ListInstanceProfileTags", list_instance_profile_tags),
    writes("CreateAccountAlias", create_account_alias),
    writes("DeleteAccountAlias", delete_account_alias),
    reads("ListAccountAliases", list_account_aliases),
    reads("GetAccountSummary", get_account_summary),
    reads("GetAccountAuthorizationDetails", get_account_authorization_details),
    reads("SimulatePrincipalPolicy", simulate_principal_policy),
    reads("SimulateCustomPolicy", simulate_custom_policy),
    reads("GetContextKeysForCustomPolicy", get_context_keys_for_custom_policy),
    reads("GetContextKeysForPrincipalPolicy", get_context_keys_for_principal_policy),
    writes("CreatePolicy", create_policy),
    reads("GetPolicy", get_policy),
    reads("ListPolicies", list_policies),
    writes("DeletePolicy", delete_policy),
    writes("CreatePolicyVersion", create_policy_version),
    reads("GetPolicyVersion", get_policy_version),
    reads("ListPolicyVersions", list_policy_versions),
    writes("DeletePolicyVersion", delete_policy_version),
    writes("SetDefaultPolicyVersion", set_default_policy_version),
    reads("ListEntitiesForPolicy", list_entities_for_policy),
    writes("TagPolicy", tag_policy),
    writes("UntagPolicy", untag_policy),
    reads("ListPolicyTags", list_policy_tags),
    writes("PutUserPolicy", on<put_inline, user>),
    reads("GetUserPolicy", on<get_inline, user>),
    reads("ListUserPolicies", on<list_inline, user>),
    writes("DeleteUserPolicy", on<delete_inline, user>),
    writes("AttachUserPolicy", on<attach, user>),
    writes("DetachUserPolicy", on<detach, user>),
    reads("ListAttachedUserPolicies", on<list_attached, user>),
    writes("TagUser", on<tag, user>),
    writes("UntagUser", on<untag, user>),
    reads("ListUserTags", on<list_tags, user>),
    writes("PutUserPermissionsBoundary", on<put_boundary, user>),
    writes("DeleteUserPermissionsBoundary", on<delete_boundary, user>),
    writes("PutGroupPolicy", on<put_inline, group>),
    reads("GetGroupPolicy", on<get_inline, group>),
    reads("ListGroupPolicies", on<list_inline, group>),
    writes("DeleteGroupPolicy", on<delete_inline, group>),
    writes("AttachGroupPolicy", on<attach, group>),
    writes("DetachGroupPolicy", on<detach, group>),
    reads("ListAttachedGroupPolicies", on<list_attached, group>),
    writes("PutRolePolicy", on<put_inline, role>),
    reads("GetRolePolicy", on<get_inline, role>),
    reads("ListRolePolicies", on<list_inline, role>),
    writes("DeleteRolePolicy", on<delete_inline, role>),
    writes("AttachRolePolicy", on<attach, role>),
    writes("DetachRolePolicy", on<detach, role>),
    reads("ListAttachedRolePolicies", on<list_attached, role>),
    writes("TagRole", on<tag, role>),
    writes("UntagRole", on<untag, role>),
    reads("ListRoleTags", on<list_tags, role>),
    writes("PutRolePermissionsBoundary", on<put_boundary, role>),
    writes("DeleteRolePermissionsBoundary", on<delete_boundary, role>)};

}  // namespace

cloud::Service make_service() {
  cloud::Service service;
  service.name = "iam";
  service.scope = cloud::Scope::account;
  service.operations.assign(std::begin(operations), std::end(operations));
  service.guard = guard;
  service.describe_caller = describe_caller;
  service.principal_id = principal_id;
  service.principal_arn = principal_arn;
  service.indexes = {{"iam", "policy", "_key"},
                     {"iam", "user", "PermissionsBoundary.PermissionsBoundaryArn"},
                     {"iam", "role", "PermissionsBoundary.PermissionsBoundaryArn"},
                     {"iam", "user", "UserId"},
                     {"iam", "role", "RoleId"},
                     {"iam", "instance-profile", "_roles.0"}};
  return service;
}

}  // namespace mainstay::iam
