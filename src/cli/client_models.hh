// The service models that the binary carries, for the outgoing client.
#pragma once

#include "aws/client.hh"

namespace mainstay::cli {

// Unpacks each when it is first asked for, and keeps it. Threads: any.
aws::ModelSource embedded_models();

}  // namespace mainstay::cli
