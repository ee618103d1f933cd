// The operations that are one kind of entity's own, by the file that holds them.
#pragma once

#include "services/iam/entity.hh"

namespace mainstay::iam {

#define IAM_HANDLER(name) Result<Value> name(Call& call, const Value& in)

// user.cc
IAM_HANDLER(create_user);
IAM_HANDLER(get_user);
IAM_HANDLER(list_users);
IAM_HANDLER(update_user);
IAM_HANDLER(delete_user);
IAM_HANDLER(list_groups_for_user);
IAM_HANDLER(create_login_profile);
IAM_HANDLER(get_login_profile);
IAM_HANDLER(delete_login_profile);
// access_key.cc
IAM_HANDLER(create_access_key);
IAM_HANDLER(list_access_keys);
IAM_HANDLER(update_access_key);
IAM_HANDLER(delete_access_key);
IAM_HANDLER(get_access_key_last_used);
// service_credential.cc
IAM_HANDLER(create_service_specific_credential);
IAM_HANDLER(list_service_specific_credentials);
IAM_HANDLER(update_service_specific_credential);
IAM_HANDLER(reset_service_specific_credential);
IAM_HANDLER(delete_service_specific_credential);
// group.cc
IAM_HANDLER(create_group);
IAM_HANDLER(get_group);
IAM_HANDLER(list_groups);
IAM_HANDLER(update_group);
IAM_HANDLER(delete_group);
IAM_HANDLER(add_user_to_group);
IAM_HANDLER(remove_user_from_group);
// role.cc
IAM_HANDLER(create_role);
IAM_HANDLER(get_role);
IAM_HANDLER(list_roles);
IAM_HANDLER(update_role);
IAM_HANDLER(update_role_description);
IAM_HANDLER(update_assume_role_policy);
IAM_HANDLER(delete_role);
// instance_profile.cc
IAM_HANDLER(create_instance_profile);
IAM_HANDLER(get_instance_profile);
IAM_HANDLER(list_instance_profiles);
IAM_HANDLER(list_instance_profiles_for_role);
IAM_HANDLER(delete_instance_profile);
IAM_HANDLER(add_role_to_instance_profile);
IAM_HANDLER(remove_role_from_instance_profile);
IAM_HANDLER(tag_instance_profile);
IAM_HANDLER(untag_instance_profile);
IAM_HANDLER(list_instance_profile_tags);
// account.cc
IAM_HANDLER(create_account_alias);
IAM_HANDLER(delete_account_alias);
IAM_HANDLER(list_account_aliases);
IAM_HANDLER(get_account_summary);
// service_linked_role.cc
IAM_HANDLER(create_service_linked_role);
IAM_HANDLER(delete_service_linked_role);
IAM_HANDLER(get_service_linked_role_deletion_status);
// simulate.cc
IAM_HANDLER(simulate_principal_policy);
IAM_HANDLER(simulate_custom_policy);
IAM_HANDLER(get_context_keys_for_custom_policy);
IAM_HANDLER(get_context_keys_for_principal_policy);
// authorization_details.cc
IAM_HANDLER(get_account_authorization_details);

#undef IAM_HANDLER

// guard.cc
Status guard(Call& call, const Value& in, cloud::Authorization& authorization);
std::optional<std::string> principal_id(Call& call, std::string_view arn);
std::string principal_arn(Call& call, std::string_view id);
Status describe_caller(Call& call, const cloud::Caller& caller,
                       cloud::Authorization& authorization);

// Whether a user is in a group, by their documents.
bool member_of(const Value& group_document, const Value& user_document);
// Profiles that hold a role, by the role's name.
std::vector<Value> profiles_of_role(Call& call, const std::string& role_name);
// An instance profile with its role's current document in place of the name.
Value shown_profile(Call& call, const Value& profile);

}  // namespace mainstay::iam
