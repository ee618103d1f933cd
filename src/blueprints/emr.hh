// The EMR blueprint: a cluster whose roles touch only what is tagged for it.
#pragma once

#include "blueprints/blueprint.hh"

namespace mainstay::blueprints {

Blueprint emr_blueprint();

}  // namespace mainstay::blueprints
