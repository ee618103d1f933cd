// Actions that AWS does not have, as far as the data that the program carries knows.
#pragma once

#include <string>

#include "actions/action_table.hh"
#include "base/error.hh"

namespace mainstay::access {

// An action or a pattern. Error: "ActionUnknown", with the nearest that there is.
Status require_action(const actions::ActionTable& table, const std::string& pattern);

}  // namespace mainstay::access
