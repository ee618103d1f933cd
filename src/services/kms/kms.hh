// AWS KMS: keys, aliases, policies, grants, rotation, and real cryptography under them. Sources:
// the KMS API reference and developer guide; messages as AWS answers them.
#pragma once

#include "cloud/service.hh"

namespace mainstay::kms {

cloud::Service make_service();

}  // namespace mainstay::kms
