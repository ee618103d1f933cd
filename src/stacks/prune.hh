// Deleting what left the configuration: stacks that the persistent graph has and the configuration
// has not, and only those that are proved to be what `up` made: by the stack's id, by the token of
// the request that made it, or, of runway's graphs, by the tag of the namespace.
#pragma once

#include "stacks/run.hh"

namespace mainstay::stacks {

// What is to be done about a stack that left.
struct ToPrune {
  std::optional<DeployedStack> stack;  // proved to be ours; to be deleted
  std::string reason;                  // why nothing is deleted, where there is none
  bool forget = false;                 // it is gone, and needs no place in the graph any more
};
Result<ToPrune> find_to_prune(const Session& session, const StackConfig& stack,
                              const CloudFormation& cloud);

// A configuration of nothing but what left this one, for a session of its own.
Config pruned_config(const Config& config, const PersistentGraph& graph);

// The session is over pruned_config(); its graph is held. Errors: what keeps it from starting.
Result<RunResult> prune(Session& session);

}  // namespace mainstay::stacks
