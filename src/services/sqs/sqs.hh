// Amazon Simple Queue Service: standard and FIFO queues. Sources: the SQS API reference and
// developer guide; messages as AWS answers them.
#pragma once

#include "cloud/service.hh"

namespace mainstay::sqs {

cloud::Service make_service();

}  // namespace mainstay::sqs
