// The scheduler of services: as many tasks of the right definition as a service wants, within the
// percents of its deployment configuration ("Amazon ECS services", developer guide).
#pragma once

#include <string>

#include "services/ecs/kinds.hh"

namespace mainstay::ecs {

// Looks again, soon: at a service; at those of a cluster that wait for a place; at all of it.
void deploy_service(Call& call, const std::string& key);
void deploy_waiting(Call& call, const std::string& cluster);
void deploy_cluster(Call& call, const std::string& cluster);
// A task has changed its status: its service is looked at, and who waits for a place where it
// ended.
void task_changed(Call& call, const Value& task);
Status deploy(Call& call, const Value& argument);  // a reaction

// A new PRIMARY deployment of what the service's document says.
void begin_deployment(Call& call, Value& service);

}  // namespace mainstay::ecs
