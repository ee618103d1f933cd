// Amazon Simple Notification Service. Sources: the SNS API reference and developer guide; messages
// as AWS answers them.
#pragma once

#include "cloud/service.hh"

namespace mainstay::sns {

cloud::Service make_service();

}  // namespace mainstay::sns
