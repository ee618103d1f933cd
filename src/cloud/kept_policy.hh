// Policies of resources as AWS keeps them: who is named by the ARN of a user or role is kept by its
// unique id, so that another who is later made under the same name is not the one that was meant.
// Whoever asks sees the ARN that the principal has now, or the id once it is gone ("IAM JSON policy
// elements: Principal", "IAM identifiers: Unique identifiers", IAM user guide).
//
// A service checks and keeps what it is given by take_policy(), decides by what it keeps, and
// answers shown_policy(). Both ask IAM, whose lock they take, so that only before anything is
// changed IAM itself may ask them (Call::outside). Threads: as the Call's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hh"
#include "policy/document.hh"

namespace mainstay::cloud {

class Call;

struct TakenPolicy {
  policy::Document document;  // as written
  std::string kept;           // the text with ids in place of ARNs
};

// Errors: "MalformedPolicyDocument", as policy::parse words it; where a principal is what is wrong,
// refused_principal() tells it of the error, for services that have words of their own.
Result<TakenPolicy> take_policy(Call& call, std::string_view text, policy::Kind kind);
std::optional<std::string> refused_principal(const Error& error);

// The text that was kept, with the names that its principals have now.
std::string shown_policy(Call& call, std::string_view kept);

// Whether a policy may name it under "AWS", or as a service.
bool is_principal(Call& call, const std::string& name);

// The same for one name: an ARN's unique id, or the ARN where it has none that is known here.
std::string kept_principal(Call& call, std::string_view arn);
std::string shown_principal(Call& call, std::string_view kept);

}  // namespace mainstay::cloud
