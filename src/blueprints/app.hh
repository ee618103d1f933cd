// The App blueprint: an application's task role with the least that it needs.
#pragma once

#include "blueprints/blueprint.hh"

namespace mainstay::blueprints {

Blueprint app_blueprint();

}  // namespace mainstay::blueprints
