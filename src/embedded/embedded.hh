// The embedded cloud, put together: every service that mainstay has, over one state.
#pragma once

#include <memory>

#include "cloud/cloud.hh"

namespace mainstay::embedded {

// now may be left empty: the system's clock. Errors: as Store::open.
Result<std::unique_ptr<cloud::Cloud>> open(cloud::CloudOptions options);

// Where the state is kept unless told otherwise: $MAINSTAY_STATE, else
// $XDG_STATE_HOME/mainstay/cloud, else ~/.local/state/mainstay/cloud.
std::string default_state_directory();

}  // namespace mainstay::embedded
