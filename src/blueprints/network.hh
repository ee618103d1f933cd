// stacker_blueprints.network.Network: one subnet with its route table; public through an internet
// gateway, private through a NAT gateway, or cut off. Variables and outputs as in
// stacker_blueprints 1.0.8.
#pragma once

#include "blueprints/blueprint.hh"

namespace mainstay::blueprints {
Blueprint network_blueprint();
}
