// What of a configuration's stacks was changed by hand: CloudFormation's drift detection, of all
// stacks at once, and waited for.
#pragma once

#include <functional>

#include "stacks/session.hh"

namespace mainstay::stacks {

struct StackDriftReport {
  std::string stack, full_name, region;
  StackDrift drift;            // of a stack that was checked
  std::optional<Error> error;  // why it could not be
  std::string skipped;         // "disabled", "not deployed"; "" where it was looked at
};

// In the order of the plan. Error: what keeps it from starting.
Status drift_of(Session& session, const std::function<void(const StackDriftReport&)>& show);

}  // namespace mainstay::stacks
