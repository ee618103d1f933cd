// A service in a role of a customer's: the role that an event rule, a schedule or a stack names.
#pragma once

#include <string_view>

#include "base/error.hh"
#include "cloud/caller.hh"

namespace mainstay::cloud {

class Cloud;

// The session that `principal` ("events.amazonaws.com") has of a role of this account, as a caller
// whose policies then decide. The role's trust policy must let it in; conditions see the source,
// "" for none. Takes IAM's lock. Error: "RoleInvalid" where there is no such role, or no trust.
Result<Caller> session_of_role(Cloud& cloud, std::string_view account, std::string_view region,
                               std::string_view principal, std::string_view role_arn,
                               std::string_view session_name, std::string_view source_arn = "");

}  // namespace mainstay::cloud
