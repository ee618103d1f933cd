// Amazon RDS. Sources: the RDS API reference and user guide; error codes of the service's model.
#pragma once

#include <memory>

#include "backings/database.hh"
#include "cloud/service.hh"

namespace mainstay::rds {

// makes_databases: whether instances of PostgreSQL whose version is installed here are real.
cloud::Service make_service(bool makes_databases = true);

}  // namespace mainstay::rds
