// Principals as policies name them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/document.hh"
#include "policy/request.hh"

namespace mainstay::cloud {

class Call;
struct Caller;

// The caller as policies see it.
policy::Principal principal_of(const Caller& caller);

// What the document names under "AWS", as written, statement by statement.
std::vector<std::string> aws_principals(const policy::Document& document);

// The account of a user's, a role's or a role session's ARN; "" for whatever else a policy may name
// (accounts, services, unique ids), and for roles that AWS makes by itself.
std::string account_of_principal(std::string_view arn);

}  // namespace mainstay::cloud
