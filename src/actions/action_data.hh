// Reads one of the embedded entries about IAM. They are our own: if one can't be read the build is
// broken, and the program ends saying so.
#pragma once

#include <string_view>

#include "base/value.hh"

namespace mainstay::actions {

Value action_data(std::string_view entry);

}  // namespace mainstay::actions
