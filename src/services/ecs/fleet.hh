// A cluster's documents as the structs that placement works on.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "placement/fleet.hh"
#include "services/ecs/kinds.hh"

namespace mainstay::ecs {

// Each document of a table that stands in this cluster, in the order of ids.
void each_in(const Call& call, std::string_view table, std::string_view cluster,
             const std::function<void(const std::string& id, const Value& document)>& visit);

struct ClusterCounts {
  int64_t instances = 0, running = 0, pending = 0, services = 0;
};
ClusterCounts count_cluster(const Call& call, std::string_view cluster);

bool is_stopped(const Value& task);  // lastStatus STOPPED
bool is_wanted(const Value& task);   // desiredStatus RUNNING

// The instances of a cluster; keys: of their documents, in the same order.
struct ClusterFleet {
  placement::Fleet fleet;
  std::vector<std::string> keys;
  std::optional<size_t> index_of(std::string_view key) const;
};
ClusterFleet fleet_of(Call& call, std::string_view cluster);

// What a task of this definition needs. Errors: constraints and strategies that are none, in the
// API's words.
struct PlacementRequest {
  std::string group;
  Value constraints, strategies;  // as requests have them
  Value overrides;                // of the task, may be null
};
Result<placement::Demand> demand_of(const Value& definition, const PlacementRequest& request);
Status check_placement(const Value& in);

}  // namespace mainstay::ecs
