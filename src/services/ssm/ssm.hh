// AWS Systems Manager: Parameter Store. Sources: the Systems Manager API reference and user guide;
// messages as AWS answers them.
#pragma once

#include "cloud/service.hh"

namespace mainstay::ssm {

cloud::Service make_service();

}  // namespace mainstay::ssm
