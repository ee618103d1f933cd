// CloudFormation: the service "cloudformation" with the engine behind it. See README.md.
#pragma once

#include "cloud/service.hh"

namespace mainstay::formation {

cloud::Service make_service();

}  // namespace mainstay::formation
