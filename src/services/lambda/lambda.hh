// AWS Lambda. Sources: the Lambda API reference and developer guide; answers recorded on AWS.
#pragma once

#include <memory>

#include "backings/function.hh"
#include "cloud/service.hh"

namespace mainstay::lambda {

// Functions run by `functions`, or, where it is null, as processes of this machine.
cloud::Service make_service(std::unique_ptr<backings::Functions> functions = nullptr);

}  // namespace mainstay::lambda
