// Amazon CloudWatch Logs. Sources: the CloudWatch Logs API reference and user guide; messages as
// AWS answers them.
#pragma once

#include "cloud/service.hh"

namespace mainstay::logs {

cloud::Service make_service();

}  // namespace mainstay::logs
