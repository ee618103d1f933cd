// Key policies.
#pragma once

#include "services/kms/key.hh"

namespace mainstay::kms {

// What CreateKey gives a key without a policy: the account's root may do everything, so that IAM
// decides (developer guide, "Default key policy").
std::string default_policy(const Call& call);
// The policy of a key that AWS manages for a service.
std::string aws_managed_policy(const Call& call, const std::string& service);
// Error MalformedPolicyDocumentException.
Status check_policy(Call& call, const Value& policy);

}  // namespace mainstay::kms
