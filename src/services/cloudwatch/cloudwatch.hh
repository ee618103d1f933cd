// CloudWatch, as a service of the cloud: metrics, alarms and dashboards.
#pragma once

#include "cloud/service.hh"

namespace mainstay::cloudwatch {

cloud::Service make_service();

}  // namespace mainstay::cloudwatch
