// The names by which services are principals ("lambda.amazonaws.com"). Threads: any.
#pragma once

#include <string_view>

namespace mainstay::actions {

// Whether there may be such a service: the last label before ".amazonaws.com" (or ".com.cn"), but
// for a region, is a service's, as far as AWS's data names them (IAM's prefixes, endpoints, the
// service principals in AWS's own policies and data/service_principals.json).
bool is_service_principal(std::string_view name);

}  // namespace mainstay::actions
