// What is deployed of a configuration.
#pragma once

#include "stacks/session.hh"

namespace mainstay::stacks {

struct StackInfo {
  std::string stack, full_name, region;
  bool enabled = true;
  std::optional<DeployedStack> deployed;
};

// In the order of the plan.
Result<std::vector<StackInfo>> info_of(Session& session);

}  // namespace mainstay::stacks
