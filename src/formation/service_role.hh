// Who makes a stack's resources: the caller, or the service role that it passes. Source:
// CloudFormation user guide, "AWS CloudFormation service role".
#pragma once

#include <string>

#include "base/error.hh"
#include "cloud/caller.hh"

namespace mainstay::cloud {
class Call;
}

namespace mainstay::formation {

// A session of the role, whose policies then decide about every resource. Errors: ValidationError
// where there is no such role, or its trust policy does not let CloudFormation in.
Result<cloud::Caller> session_of_role(cloud::Call& call, const std::string& role_arn);

}  // namespace mainstay::formation
