// What a service tells of itself: events in the words of "Amazon ECS service event messages".
#pragma once

#include <string>

#include "services/ecs/fleet.hh"

namespace mainstay::ecs {

inline constexpr const char* more_text =
    " For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";

void tell(Call& call, Value& service, std::string message);  // its events, 100 at most
std::string quoted(const Value& service);                    // "(service web) "
// Why no instance takes its task: of the closest one.
std::string unplaced_text(const Value& service, const ClusterFleet& fleet,
                          const placement::Demand& demand);

}  // namespace mainstay::ecs
