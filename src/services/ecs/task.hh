// A task, made of a definition and a request or a service.
#pragma once

#include <optional>
#include <string>

#include "placement/fleet.hh"
#include "services/ecs/kinds.hh"

namespace mainstay::ecs {

struct TaskPlan {
  Value cluster, definition;
  std::string instance_key;  // of the container instance, "" for Fargate
  std::string group, started_by;
  placement::Resources needs;          // of its demand
  Value overrides = {}, request = {};  // of RunTask: tags, enableExecuteCommand, network
};
// Puts it, on its way to RUNNING.
Value make_task(Call& call, const TaskPlan& plan);

// What a request may not ask for: networks, launch types. Gives the launch type.
Result<std::string> check_launch(const Value& in, const Value& definition);

}  // namespace mainstay::ecs
