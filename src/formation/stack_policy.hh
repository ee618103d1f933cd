// Stack policies: which resources an update of their stack may change, replace or delete (user
// guide, "Prevent updates to stack resources").
//
// Where a stack has a policy, what no statement allows is refused, and Deny wins. Pure but for
// policy_of_request, which may read S3.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "formation/records.hh"

namespace mainstay::formation {

// What happens to a resource in an update, as policies name it.
namespace update_action {
inline constexpr std::string_view modify = "Update:Modify", replace = "Update:Replace",
                                  remove = "Update:Delete";
}

// The policy that a request brings as <stem>Body or as <stem>URL, for the stems "StackPolicy" and
// "StackPolicyDuringUpdate"; null where it brings none. Errors: ValidationError.
Result<Value> policy_of_request(Call& call, const Value& in, const std::string& stem);

// Is the policy one, and is every resource that it names (without wildcards) among the logical ids?
// what: "stack policy" or "existing stack policy", for the error. Error: ValidationError.
Status check_stack_policy(const std::string& body, const std::set<std::string>& logical_ids,
                          std::string_view what = "stack policy");

// Why the policy does not allow the change, in the words of the resource's event; nothing where it
// does. "" and "{}" allow everything.
std::optional<std::string> policy_refusal(const std::string& body, std::string_view action,
                                          const std::string& logical_id, const std::string& type);

// The policy that counts for the update under way, or for the next one; null where there is none.
const Value& policy_in_force(const Value& stack);

}  // namespace mainstay::formation
