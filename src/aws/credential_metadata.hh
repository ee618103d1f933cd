// Credentials that the container or the instance we run on hands out.
// Sources: Amazon ECS Developer Guide, "Task IAM role"; Amazon EC2 User Guide, "Retrieve instance
// metadata" (version 2 only: a session token first).
#pragma once

#include "aws/credentials.hh"

namespace mainstay::aws {

// Nothing where AWS_CONTAINER_CREDENTIALS_{RELATIVE,FULL}_URI are unset.
Result<std::optional<Credentials>> from_container(const CredentialContext& context);

// Nothing where there is no such service within a second, or AWS_EC2_METADATA_DISABLED is true.
Result<std::optional<Credentials>> from_instance(const CredentialContext& context);

}  // namespace mainstay::aws
