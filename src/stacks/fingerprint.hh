// What a plan was made from, in a few letters: the same again means that neither the configuration
// nor what is deployed has moved since, so that `up --plan` does what `diff` has shown.
#pragma once

#include <map>
#include <string>

#include "stacks/cloudformation.hh"

namespace mainstay::stacks {

// Of one stack: what would be sent, and what it would change. Secrets among the values can't be
// told from it.
std::string fingerprint(const std::optional<DeployedStack>& deployed, const Submission& submission);

// Of a whole run, by stack.
std::string plan_id(const std::string& where, const std::map<std::string, std::string>& stacks);

}  // namespace mainstay::stacks
