// EventBridge Scheduler, as a service of the cloud.
#pragma once

#include "cloud/service.hh"

namespace mainstay::scheduler {

cloud::Service make_service();

}  // namespace mainstay::scheduler
