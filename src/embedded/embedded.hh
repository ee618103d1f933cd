// The embedded cloud, put together: every service that mainstay has, over one state.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cloud/cloud.hh"
#include "host/surroundings.hh"

namespace mainstay::embedded {

// now may be left empty: the system's clock. Errors: as Store::open.
Result<std::unique_ptr<cloud::Cloud>> open(cloud::CloudOptions options);

// See Cloud::fork.
Result<std::unique_ptr<cloud::Cloud>> fork(cloud::Cloud& cloud);

// Where the state is kept unless told otherwise: $MAINSTAY_STATE, else
// $XDG_STATE_HOME/mainstay/cloud, else ~/.local/state/mainstay/cloud. Variables that are empty
// count as unset, and so does a relative XDG_STATE_HOME (XDG Base Directory Specification). Error
// "HomeMissing": nobody says where a home is, and a state that lands elsewhere would be lost.
Result<std::string> default_state_directory(const Environment& environment);

// What a process that serves the state on a port writes into its lock, and what a process that
// finds the state locked reads there: the endpoint to talk to instead, nothing where the state is
// not served.
std::string owner_line(const std::string& endpoint);
std::optional<std::string> serving_endpoint(const std::string& state_directory);

}  // namespace mainstay::embedded
