// The persistent graph that a configuration asks for, held for a run.
//
// In the bucket of its templates, under runway's key (persistent_graphs/NAMESPACE/KEY.json), or in
// a file. A file is of a real account: what is rehearsed elsewhere has one of its own in the state
// folder, and with --memory none that stays.
#pragma once

#include <memory>

#include "cli/target/target.hh"
#include "host/clock.hh"
#include "stacks/config.hh"
#include "stacks/graph_keeper.hh"

namespace mainstay::cli {

struct GraphRequest {
  const stacks::Config& config;
  const Target& target;
  const Environment& environment;
  Files& files;
  Clock& clock;
  std::string run, break_lock;
};

class GraphHold {
 public:
  // Errors: "GraphLocked", "GraphForeign", "GraphInvalid", those of the store. With look_only
  // nothing is locked.
  static Result<std::unique_ptr<GraphHold>> open(const GraphRequest& request, bool look_only);

  stacks::GraphKeeper& keeper() { return *keeper_; }

 private:
  SimulatedFiles memory_;
  std::unique_ptr<stacks::GraphStore> store_;
  std::unique_ptr<stacks::GraphKeeper> keeper_;
};

}  // namespace mainstay::cli
