// Control policies: documents, AWS's own, and what is attached where.
#pragma once

#include "services/organizations/state.hh"

namespace mainstay::organizations {

// Types that may be enabled here: service and resource control policies. Errors: those of AWS, and
// NotImplemented for its other types.
Status check_type(const std::string& type);
bool is_enabled(const Value& organization, std::string_view type);

// FullAWSAccess or RCPFullAWSAccess: what AWS attaches to everything under a type.
std::string default_policy(std::string_view type);
// A policy of the organization or of AWS's, in the stored shape; null where there is none.
Value policy_by_id(const store::Unit& unit, std::string_view organization_id, std::string_view id);
Result<Value> find_policy(Call& call, const Value& organization, const std::string& id);

// Adds to, or takes from, the target's document and the relation; the caller puts the document.
void attach(Call& call, Value& target, const std::string& type, const std::string& policy);
void detach(Call& call, Value& target, const std::string& type, const std::string& policy);
void detach_all(Call& call, Value& target, const std::string& type);
// What a new root, unit or account has: the default policy of each enabled type.
void attach_defaults(Call& call, const Value& organization, Value& target);
void detach_everything(Call& call, Value& target);

}  // namespace mainstay::organizations
