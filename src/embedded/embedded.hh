// The embedded cloud, put together: every service that mainstay has, over one state.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cloud/cloud.hh"

namespace mainstay::embedded {

// now may be left empty: the system's clock. Errors: as Store::open.
Result<std::unique_ptr<cloud::Cloud>> open(cloud::CloudOptions options);

// Where the state is kept unless told otherwise: $MAINSTAY_STATE, else
// $XDG_STATE_HOME/mainstay/cloud, else ~/.local/state/mainstay/cloud.
std::string default_state_directory();

// What a process that serves the state on a port writes into its lock, and what a process that
// finds the state locked reads there: the endpoint to talk to instead, nothing where the state is
// not served.
std::string owner_line(const std::string& endpoint);
std::optional<std::string> serving_endpoint(const std::string& state_directory);

}  // namespace mainstay::embedded
