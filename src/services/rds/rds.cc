#include "services/rds/rds.hh"

#include "services/rds/handlers.hh"
#include "services/rds/host.hh"
#include "services/rds/machine.hh"

namespace mainstay::rds {
namespace {

using cloud::reads, cloud::writes;

constexpr cloud::Operation operations[] = {
    reads("DescribeDBEngineVersions", describe_engine_versions),
    writes("CreateDBInstance", create_instance),
    reads("DescribeDBInstances", describe_instances),
    writes("ModifyDBInstance", modify_instance),
    writes("DeleteDBInstance", delete_instance),
    writes("RebootDBInstance", reboot_instance),
    writes("StartDBInstance", start_instance),
    writes("StopDBInstance", stop_instance),
    writes("CreateDBInstanceReadReplica", create_replica),
    writes("PromoteReadReplica", promote_replica),
    writes("CreateDBSnapshot", create_snapshot),
    reads("DescribeDBSnapshots", describe_snapshots),
    writes("DeleteDBSnapshot", delete_snapshot),
    writes("CopyDBSnapshot", copy_snapshot),
    reads("DescribeDBSnapshotAttributes", describe_snapshot_attributes),
    writes("ModifyDBSnapshotAttribute", modify_snapshot_attribute),
    writes("RestoreDBInstanceFromDBSnapshot", restore_instance),
    writes("CreateDBSubnetGroup", create_subnet_group),
    reads("DescribeDBSubnetGroups", describe_subnet_groups),
    writes("ModifyDBSubnetGroup", modify_subnet_group),
    writes("DeleteDBSubnetGroup", delete_subnet_group),
    writes("CreateDBParameterGroup", create_parameter_group),
    reads("DescribeDBParameterGroups", describe_parameter_groups),
    writes("ModifyDBParameterGroup", modify_parameter_group),
    reads("DescribeDBParameters", describe_parameters),
    writes("DeleteDBParameterGroup", delete_parameter_group),
    writes("CreateDBClusterParameterGroup", create_cluster_parameter_group),
    reads("DescribeDBClusterParameterGroups", describe_cluster_parameter_groups),
    writes("ModifyDBClusterParameterGroup", modify_cluster_parameter_group),
    reads("DescribeDBClusterParameters", describe_cluster_parameters),
    writes("DeleteDBClusterParameterGroup", delete_cluster_parameter_group),
    writes("CreateDBCluster", create_cluster),
    reads("DescribeDBClusters", describe_clusters),
    writes("ModifyDBCluster", modify_cluster),
    writes("DeleteDBCluster", delete_cluster),
    writes("CreateDBClusterSnapshot", create_cluster_snapshot),
    reads("DescribeDBClusterSnapshots", describe_cluster_snapshots),
    writes("DeleteDBClusterSnapshot", delete_cluster_snapshot),
    writes("CopyDBClusterSnapshot", copy_cluster_snapshot),
    writes("RestoreDBClusterFromSnapshot", restore_cluster),
    reads("DescribeEvents", describe_events),
    writes("AddTagsToResource", add_tags_to_resource),
    writes("RemoveTagsFromResource", remove_tags_from_resource),
    reads("ListTagsForResource", list_tags_for_resource)};

}  // namespace

cloud::Service make_service(bool makes_databases) {
  cloud::Service service;
  service.name = "rds";
  service.operations.assign(std::begin(operations), std::end(operations));
  service.calls = {"kms", "ec2"};
  service.guard = guard;
  service.background = std::make_shared<Host>(makes_databases);
  service.reactions = {{.name = "step", .work = step},
                       {.name = "resume", .work = resume},
                       {.name = "maintenance", .react = maintain}};
  return service;
}

}  // namespace mainstay::rds
