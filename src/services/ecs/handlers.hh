// The operations, by the file that holds them.
#pragma once

#include "services/ecs/kinds.hh"

namespace mainstay::ecs {

#define ECS_HANDLER(name) Result<Value> name(Call& call, const Value& in)

// cluster.cc
ECS_HANDLER(create_cluster);
ECS_HANDLER(describe_clusters);
ECS_HANDLER(list_clusters);
ECS_HANDLER(update_cluster);
ECS_HANDLER(delete_cluster);
// definition.cc
ECS_HANDLER(register_definition);
ECS_HANDLER(describe_definition);
ECS_HANDLER(list_definitions);
ECS_HANDLER(list_families);
ECS_HANDLER(deregister_definition);
ECS_HANDLER(delete_definitions);
// instance.cc
ECS_HANDLER(register_instance);
ECS_HANDLER(describe_instances);
ECS_HANDLER(list_instances);
ECS_HANDLER(update_instances_state);
ECS_HANDLER(deregister_instance);
// attribute.cc
ECS_HANDLER(put_attributes);
ECS_HANDLER(delete_attributes);
ECS_HANDLER(list_attributes);
// task.cc
ECS_HANDLER(run_task);
ECS_HANDLER(start_task);
ECS_HANDLER(stop_task);
ECS_HANDLER(describe_tasks);
ECS_HANDLER(list_tasks);
// service.cc
ECS_HANDLER(create_service);
ECS_HANDLER(update_service);
ECS_HANDLER(delete_service);
ECS_HANDLER(describe_services);
ECS_HANDLER(list_services);
// kinds.cc
ECS_HANDLER(tag_resource);
ECS_HANDLER(untag_resource);
ECS_HANDLER(list_tags_for_resource);

#undef ECS_HANDLER

// guard.cc: see cloud::Service
Status guard(Call& call, const Value& in, cloud::Authorization& authorization);

}  // namespace mainstay::ecs
