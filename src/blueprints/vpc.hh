// stacker_blueprints.vpc.VPC2: a VPC with an internet gateway, DHCP options and, if asked for, a
// private hosted zone. Variables and outputs as in stacker_blueprints 1.0.8.
#pragma once

#include "blueprints/blueprint.hh"

namespace mainstay::blueprints {
Blueprint vpc2_blueprint();
}
