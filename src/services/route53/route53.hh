// Amazon Route 53: hosted zones, records with AWS's change semantics, private zones, tags, health
// checks. Sources: the Route 53 API reference and developer guide; messages as AWS answers them.
#pragma once

#include "cloud/service.hh"

namespace mainstay::route53 {

cloud::Service make_service();

}  // namespace mainstay::route53
