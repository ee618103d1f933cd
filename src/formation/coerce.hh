// Scalars of templates made into what a service's model wants: "80" into 80, true into "true".
#pragma once

#include <string_view>

#include "base/value.hh"
#include "cloud/cloud.hh"

namespace mainstay::formation {

// What does not fit stays as it is, for the service to refuse in its own words.
Value coerce_input(const cloud::Cloud& cloud, std::string_view service, std::string_view operation,
                   Value in);

}  // namespace mainstay::formation
