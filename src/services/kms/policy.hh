// Key policies.
#pragma once

#include "services/kms/key.hh"

namespace mainstay::kms {

// What CreateKey gives a key without a policy: the account's root may do everything, so that IAM
// decides (developer guide, "Default key policy").
std::string default_policy(const Call& call);
// The policy of a key that AWS manages for a service.
std::string aws_managed_policy(const Call& call, const std::string& service);
// The Policy of a CreateKey or PutKeyPolicy, as it is to be kept (cloud/kept_policy.hh). Errors:
// MalformedPolicyDocumentException, a policy that is not one, that names who is not there, or that
// locks the caller out (unless that is asked for); LimitExceededException.
Result<std::string> take_policy(Call& call, const Value& in);

}  // namespace mainstay::kms
