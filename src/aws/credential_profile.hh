// Credentials that a profile, or the variables of a web identity, name.
#pragma once

#include "aws/credentials.hh"

namespace mainstay::aws {

// Nothing where the profile says nothing about credentials. Follows source_profile up to 8 levels;
// a cycle is an error.
Result<std::optional<Credentials>> from_profile(const CredentialContext& context,
                                                const std::string& profile);

// By AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE; nothing where they are unset.
Result<std::optional<Credentials>> from_web_identity(const CredentialContext& context);

// AWS_ACCESS_KEY_ID and its kin; nothing where they are unset.
Result<std::optional<Credentials>> from_environment(const CredentialContext& context);

}  // namespace mainstay::aws
