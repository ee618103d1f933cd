// Whether a cluster has room for a release, by ECS's own rules (room placement), before anything is
// changed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/app.hh"
#include "aws/client.hh"
#include "placement/fleet.hh"

namespace mainstay::apps {

// The cluster's instances, with what the tasks that run there leave of each.
Result<placement::Fleet> fleet_of(aws::Client& client, const std::string& cluster);

struct Shortage {
  std::string process;
  int64_t wanted = 0, fit = 0;
  std::string why;  // of the closest instance, "RESOURCE:MEMORY on i-0abc"
};
// What of the release would find no place while the old tasks still run (100 % minimum healthy).
// Empty where all fits.
Result<std::vector<Shortage>> shortages(placement::Fleet fleet, const App& app,
                                        const Release& release, const Release* deployed);

}  // namespace mainstay::apps
