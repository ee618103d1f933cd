// The operations, by the file that holds them.
#pragma once

#include "services/organizations/state.hh"

namespace mainstay::organizations {

#define ORGANIZATIONS_HANDLER(name) Result<Value> name(Call& call, const Value& in)

// organization.cc
ORGANIZATIONS_HANDLER(create_organization);
ORGANIZATIONS_HANDLER(describe_organization);
ORGANIZATIONS_HANDLER(delete_organization);
ORGANIZATIONS_HANDLER(list_roots);
ORGANIZATIONS_HANDLER(enable_policy_type);
ORGANIZATIONS_HANDLER(disable_policy_type);
// account.cc
ORGANIZATIONS_HANDLER(create_account);
ORGANIZATIONS_HANDLER(describe_create_account_status);
ORGANIZATIONS_HANDLER(list_create_account_status);
ORGANIZATIONS_HANDLER(list_accounts);
ORGANIZATIONS_HANDLER(describe_account);
ORGANIZATIONS_HANDLER(remove_account_from_organization);
ORGANIZATIONS_HANDLER(leave_organization);
// handshake.cc
ORGANIZATIONS_HANDLER(invite_account);
ORGANIZATIONS_HANDLER(describe_handshake);
ORGANIZATIONS_HANDLER(accept_handshake);
ORGANIZATIONS_HANDLER(decline_handshake);
ORGANIZATIONS_HANDLER(cancel_handshake);
ORGANIZATIONS_HANDLER(list_handshakes_for_account);
ORGANIZATIONS_HANDLER(list_handshakes_for_organization);
// unit.cc
ORGANIZATIONS_HANDLER(create_unit);
ORGANIZATIONS_HANDLER(describe_unit);
ORGANIZATIONS_HANDLER(update_unit);
ORGANIZATIONS_HANDLER(delete_unit);
// tree.cc
ORGANIZATIONS_HANDLER(list_units_for_parent);
ORGANIZATIONS_HANDLER(list_accounts_for_parent);
ORGANIZATIONS_HANDLER(list_children);
ORGANIZATIONS_HANDLER(list_parents);
ORGANIZATIONS_HANDLER(move_account);
// policy.cc
ORGANIZATIONS_HANDLER(create_policy);
ORGANIZATIONS_HANDLER(describe_policy);
ORGANIZATIONS_HANDLER(update_policy);
ORGANIZATIONS_HANDLER(delete_policy);
ORGANIZATIONS_HANDLER(list_policies);
// attachment.cc
ORGANIZATIONS_HANDLER(attach_policy);
ORGANIZATIONS_HANDLER(detach_policy);
ORGANIZATIONS_HANDLER(list_policies_for_target);
ORGANIZATIONS_HANDLER(list_targets_for_policy);
// tag.cc
ORGANIZATIONS_HANDLER(tag_resource);
ORGANIZATIONS_HANDLER(untag_resource);
ORGANIZATIONS_HANDLER(list_tags_for_resource);

#undef ORGANIZATIONS_HANDLER

}  // namespace mainstay::organizations
