// The graph of a configuration's stacks and targets: what must be there before what.
#pragma once

#include <set>
#include <string>

#include "graph/dag.hh"
#include "stacks/config.hh"

namespace mainstay::stacks {

// Edges come from output lookups, requires and required_by. Errors: "ConfigInvalid" for names that
// don't exist, "DependencyCycle", both with their place.
Result<graph::Dag> plan_of(const Config& config);

// Limited to the targets and what they depend on (or, of a reversed plan, what depends on them).
// Error: a target that is none, with the nearest name.
Result<graph::Dag> limit_to(const graph::Dag& plan, const std::set<std::string>& targets);

}  // namespace mainstay::stacks
