// AWS CloudTrail: LookupEvents over the management events that went through the cloud. Sources: the
// CloudTrail API reference, and the user guide's "Record contents" and "userIdentity element".
#pragma once

#include "cloud/service.hh"

namespace mainstay::cloudtrail {

cloud::Service make_service();

}  // namespace mainstay::cloudtrail
