// Values of policy variables worth trying, where the answer depends on them.
#pragma once

#include <string>
#include <vector>

#include "policy/decide.hh"

namespace mainstay::policy::proofs {

// All variables the same word, and all missing: mostly enough.
std::vector<Context> plain_values(const std::vector<std::string>& variables);

// Each context has a value for some of the variables (keys in lower case); the others are missing
// in it. Made of the texts that the policies have where the variables stand, plain words, and
// nothing. Limit: 24 contexts.
std::vector<Context> variable_values(const PolicyList& before, const PolicyList& after,
                                     const std::vector<std::string>& variables);

}  // namespace mainstay::policy::proofs
