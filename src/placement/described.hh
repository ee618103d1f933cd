// A container instance as DescribeContainerInstances shows it, as placement sees it.
#pragma once

#include "base/value.hh"
#include "placement/fleet.hh"

namespace mainstay::placement {

// resources: the list that its cpu and memory are taken from, "remainingResources" with what its
// tasks leave, "registeredResources" with what it has. Ports are those that are taken.
Instance described_instance(const Value& described, const char* resources);

}  // namespace mainstay::placement
