// EventBridge, as a service of the cloud.
#pragma once

#include "cloud/service.hh"

namespace mainstay::events {

cloud::Service make_service();

}  // namespace mainstay::events
