// A task's containers on a Docker Engine: made of its definition, found by their labels.
#pragma once

#include <map>
#include <string>

#include "backings/reconcile.hh"
#include "base/value.hh"
#include "services/ecs/secrets.hh"

namespace mainstay::ecs {

// As the agent of ECS labels them.
inline constexpr const char* task_label = "com.amazonaws.ecs.task-arn";

struct ContainerResults {
  std::map<std::string, Value> started;  // by name: what a task shows of its container
  std::string simulated = {};            // why there is no engine; "" where there is one
  std::string failure = {};  // why the task can't run, in the agent's words; "" for none
};

// The label of a container: the task's ARN and its name.
std::string resource_of(const Value& task, const std::string& container);

// Both may be done again: what is there is kept.
ContainerResults start_containers(backings::Containers& engine, const std::string& state,
                                  const Value& task, const Value& definition,
                                  const Secrets& secrets);
ContainerResults stop_containers(backings::Containers& engine, const std::string& state,
                                 const Value& task, const Value& definition);

}  // namespace mainstay::ecs
