// Security groups that let in more than before, whether a rule stands in the group or beside it.
#pragma once

#include <vector>

#include "stacks/access_gain.hh"

namespace mainstay::stacks {

// By group: each new rule that none of the group's old ones covers.
std::vector<AccessGain> network_gains(const std::vector<cfn::ResolvedResource>& before,
                                      const std::vector<cfn::ResolvedResource>& after);

}  // namespace mainstay::stacks
