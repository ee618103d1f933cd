// What `up` has brought up from a configuration, kept from run to run, so that what leaves the
// configuration is known, and can be pruned. Pure.
//
// A document of our own; runway's (a map of names to lists of what each needs) is read as well, but
// has no ids: what is only known by its name must prove in another way that it is ours.
// Source: runway, "CFNgin > Persistent Graph".
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.hh"
#include "base/time.hh"
#include "stacks/config.hh"

namespace mainstay::stacks {

struct KeptStack {
  std::string address;  // its full name in AWS
  std::string id;       // its ARN; "" until it is known
  // Of the requests that made it, or were about to, since its id was last known, newest last: the
  // stack's first event has one of them.
  std::vector<std::string> tokens;
  std::string region, profile;     // "" for the run's own
  std::vector<std::string> needs;  // stacks that must outlive it
  bool is_protected = false;
  Time noted;
  bool operator==(const KeptStack&) const = default;
};

struct PersistentGraph {
  std::map<std::string, KeptStack> stacks;  // by name in the configuration
};

std::string graph_text(const PersistentGraph& graph);
// Error "GraphInvalid".
Result<PersistentGraph> parse_graph(const std::string& text);

// Who holds a graph.
struct GraphOwner {
  std::string run, user, host;
  int64_t process = 0;
  std::string space;  // within which process numbers mean the same process
  Time since;
};
std::string lock_text(const GraphOwner& owner);
Result<GraphOwner> parse_lock(const std::string& text);

// Names that the graph has and the configuration has not.
std::vector<std::string> left_behind(const PersistentGraph& graph, const Config& config);

}  // namespace mainstay::stacks
