// Every service that mainstay has, made anew.
#pragma once

#include <vector>

#include "cloud/service.hh"

namespace mainstay::embedded {

std::vector<cloud::Service> services();

}  // namespace mainstay::embedded
