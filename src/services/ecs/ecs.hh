// Amazon ECS: clusters, container instances, task definitions, tasks and services. Sources: the ECS
// API reference and developer guide; error codes of the service's model.
#pragma once

#include "cloud/service.hh"

namespace mainstay::ecs {

// makes_containers: whether tasks are containers where a Docker Engine answers.
cloud::Service make_service(bool makes_containers = true);

}  // namespace mainstay::ecs
