// The secrets of a task's containers, read as the agent reads them: by the execution role, before
// anything starts ("Pass sensitive data to an Amazon ECS container", developer guide).
#pragma once

#include <map>
#include <string>

#include "cloud/cloud.hh"

namespace mainstay::ecs {

// By container, by name. Errors: "ResourceInitializationError" in the agent's words. Takes the
// locks of IAM and of the stores of secrets: call it under none.
using Secrets = std::map<std::string, std::map<std::string, std::string>>;
Result<Secrets> read_secrets(cloud::Cloud& cloud, const cloud::Place& place,
                             const Value& definition);

}  // namespace mainstay::ecs
