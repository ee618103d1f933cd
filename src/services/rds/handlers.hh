// The operations, by the file that holds them.
#pragma once

#include "services/rds/kinds.hh"

namespace mainstay::rds {

#define RDS_HANDLER(name) Result<Value> name(Call& call, const Value& in)

// engine.cc
RDS_HANDLER(describe_engine_versions);
// instance.cc
RDS_HANDLER(create_instance);
RDS_HANDLER(describe_instances);
RDS_HANDLER(delete_instance);
RDS_HANDLER(reboot_instance);
RDS_HANDLER(start_instance);
RDS_HANDLER(stop_instance);
// modify.cc
RDS_HANDLER(modify_instance);
// replica.cc
RDS_HANDLER(create_replica);
RDS_HANDLER(promote_replica);
// snapshot.cc
RDS_HANDLER(create_snapshot);
RDS_HANDLER(describe_snapshots);
RDS_HANDLER(delete_snapshot);
RDS_HANDLER(describe_snapshot_attributes);
RDS_HANDLER(modify_snapshot_attribute);
RDS_HANDLER(restore_instance);
// copy.cc
RDS_HANDLER(copy_snapshot);
RDS_HANDLER(copy_cluster_snapshot);
// group.cc
RDS_HANDLER(create_subnet_group);
RDS_HANDLER(describe_subnet_groups);
RDS_HANDLER(modify_subnet_group);
RDS_HANDLER(delete_subnet_group);
RDS_HANDLER(create_parameter_group);
RDS_HANDLER(describe_parameter_groups);
RDS_HANDLER(modify_parameter_group);
RDS_HANDLER(describe_parameters);
RDS_HANDLER(delete_parameter_group);
RDS_HANDLER(create_cluster_parameter_group);
RDS_HANDLER(describe_cluster_parameter_groups);
RDS_HANDLER(modify_cluster_parameter_group);
RDS_HANDLER(describe_cluster_parameters);
RDS_HANDLER(delete_cluster_parameter_group);
// cluster.cc
RDS_HANDLER(create_cluster);
RDS_HANDLER(describe_clusters);
RDS_HANDLER(modify_cluster);
RDS_HANDLER(delete_cluster);
RDS_HANDLER(create_cluster_snapshot);
RDS_HANDLER(describe_cluster_snapshots);
RDS_HANDLER(delete_cluster_snapshot);
RDS_HANDLER(restore_cluster);
// event_api.cc
RDS_HANDLER(describe_events);
RDS_HANDLER(add_tags_to_resource);
RDS_HANDLER(remove_tags_from_resource);
RDS_HANDLER(list_tags_for_resource);

#undef RDS_HANDLER

// guard.cc: see cloud::Service
Status guard(Call& call, const Value& in, cloud::Authorization& authorization);

}  // namespace mainstay::rds
