// AWS Secrets Manager: secrets with versions and stages, sealed under KMS. Sources: the Secrets
// Manager API reference and user guide; messages as AWS answers them.
#pragma once

#include "cloud/service.hh"

namespace mainstay::secretsmanager {

cloud::Service make_service();

}  // namespace mainstay::secretsmanager
