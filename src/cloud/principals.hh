// Principals that policies name and that are not there. AWS looks for them when it takes a policy
// of a resource, and each service refuses in its own words ("IAM JSON policy elements: Principal").
#pragma once

#include <optional>
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

// The first user or role that the document names and that is missing, as written. Those of other
// accounts are looked for only where that account's IAM was used in this cloud: what was never
// rehearsed here may well be there. Takes IAM's lock of the accounts named, so IAM can't call it.
std::optional<std::string> missing_principal(Call& call, const policy::Document& document);

}  // namespace mainstay::cloud
