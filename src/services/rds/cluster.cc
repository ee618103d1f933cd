#include "services/rds/cluster.hh"

#include <algorithm>

#include "base/digest.hh"
#include "base/text.hh"
#include "services/rds/handlers.hh"
#include "services/rds/instance.hh"
#include "services/rds/machine.hh"

namespace mainstay::rds {
namespace {

constexpr const char* cluster_settings[] = {"BackupRetentionPeriod",
                                            "PreferredBackupWindow",
                                            "PreferredMaintenanceWindow",
                                            "DeletionProtection",
                                            "CopyTagsToSnapshot",
                                            "AllocatedStorage",
                                            "Iops",
                                            "StorageType",
                                            "DBClusterInstanceClass",
                                            "EngineMode",
                                            "BacktrackWindow",
                                            "NetworkType",
                                            "PubliclyAccessible",
                                            "AutoMinorVersionUpgrade",
                                            "ServerlessV2ScalingConfiguration"};

void set_cluster(Value& cluster, const Value& in) {
  for (const char* member : cluster_settings)
    if (in.has(member)) cluster.set(member, in[member]);
  if (in.has("EnableIAMDatabaseAuthentication"))
    cluster.set("IAMDatabaseAuthenticationEnabled", in["EnableIAMDatabaseAuthentication"]);
  if (in.has("EnableHttpEndpoint")) cluster.set("HttpEndpointEnabled", in["EnableHttpEndpoint"]);
  if (!in["EnableCloudwatchLogsExports"].empty())
    cluster.set("EnabledCloudwatchLogsExports", in["EnableCloudwatchLogsExports"]);
  if (in.has("DBClusterParameterGroupName"))
    cluster.set("DBClusterParameterGroup", in["DBClusterParameterGroupName"]);
  if (in["VpcSecurityGroupIds"].empty()) return;
  Value groups = Value::list();
  for (const Value& id : in["VpcSecurityGroupIds"].items())
    groups.push_back(Value::map({{"VpcSecurityGroupId", id}, {"Status", "active"}}));
  cluster.set("VpcSecurityGroups", std::move(groups));
}

void fill(Call& call, const EngineVersion& version, const Value& in, Value& cluster) {
  const std::string id = cluster["DBClusterIdentifier"].as_string();
  std::string unique = hex_encode(sha256(call.account + call.region)).substr(0, 12);
  std::string tail = unique + "." + call.region + ".rds.amazonaws.com";
  struct Default {
    const char* member;
    Value value;
  };
  const Default defaults[] = {{"BackupRetentionPeriod", 1},
                              {"PreferredBackupWindow", "03:00-03:30"},
                              {"PreferredMaintenanceWindow", "sun:05:00-sun:05:30"},
                              {"DeletionProtection", false},
                              {"CopyTagsToSnapshot", false},
                              {"AllocatedStorage", 1},
                              {"EngineMode", "provisioned"},
                              {"NetworkType", "IPV4"},
                              {"AutoMinorVersionUpgrade", true},
                              {"IAMDatabaseAuthenticationEnabled", false},
                              {"HttpEndpointEnabled", false},
                              {"StorageEncrypted", false},
                              {"MultiAZ", false},
                              {"DBSubnetGroup", "default"},
                              {"DBClusterParameterGroup", "default." + version.family},
                              {"VpcSecurityGroups", Value::list()}};
  for (const Default& one : defaults)
    if (!cluster.has(one.member)) cluster.set(one.member, one.value);
  Value zones = Value::list();
  for (char zone : {'a', 'b', 'c'}) zones.push_back(call.region + zone);
  cluster.set("Engine", version.engine)
      .set("EngineVersion", version.version)
      .set("AvailabilityZones", in["AvailabilityZones"].empty() ? zones : in["AvailabilityZones"])
      .set("Endpoint", id + ".cluster-c" + tail)
      .set("ReaderEndpoint", id + ".cluster-ro-c" + tail)
      .set("HostedZoneId", "Z2R2ITUGPM61AM")
      .set("Port", in["Port"].as_int(version.port))
      .set("DBClusterArn", arn_of(call, cluster_kind, id))
      .set("DbClusterResourceId", "cluster-" + call.random.alphanumeric(26))
      .set("ClusterCreateTime", call.now)
      .set("DBClusterMembers", Value::list())
      .set("AssociatedRoles", Value::list())
      .set("ReadReplicaIdentifiers", Value::list());
}

Status place_cluster(Call& call, const Value& in, Value& cluster) {
  if (in.has("DBSubnetGroupName")) {
    TRY(Value group, find(call, subnet_group_kind, in, "DBSubnetGroupName"));
    cluster.set("DBSubnetGroup", group["DBSubnetGroupName"]);
  }
  if (in.has("DBClusterParameterGroupName") &&
      !in["DBClusterParameterGroupName"].as_string().starts_with("default."))
    CHECK_OK(find(call, cluster_parameter_group_kind, in, "DBClusterParameterGroupName"));
  if (!in["StorageEncrypted"].as_bool() && !in.has("KmsKeyId")) return {};
  TRY(std::string key, key_arn(call, in["KmsKeyId"]));
  cluster.set("StorageEncrypted", true).set("KmsKeyId", key);
  return {};
}

Result<Value> snapshot_cluster(Call& call, const Value& cluster, const Value& in,
                               const char* member) {
  TRY(std::string id, new_identifier(call, cluster_snapshot_kind, in, member));
  Value snapshot = Value::map({{"DBClusterSnapshotIdentifier", id},
                               {"DBClusterIdentifier", cluster["DBClusterIdentifier"]},
                               {"DBClusterSnapshotArn", arn_of(call, cluster_snapshot_kind, id)},
                               {"SnapshotType", "manual"},
                               {"SnapshotCreateTime", call.now},
                               {"PercentProgress", 0},
                               {"StorageEncrypted", cluster["StorageEncrypted"]}});
  for (const char* taken : {"Engine", "EngineVersion", "AllocatedStorage", "MasterUsername", "Port",
                            "KmsKeyId", "AvailabilityZones", "ClusterCreateTime",
                            "IAMDatabaseAuthenticationEnabled", "DbClusterResourceId"})
    if (cluster.has(taken)) snapshot.set(taken, cluster[taken]);
  snapshot.set("_DatabaseName", cluster["DatabaseName"]);
  CHECK_OK(tag_new(call, snapshot, in));
  begin(call, cluster_snapshot_kind, snapshot, "creating");
  return snapshot;
}

}  // namespace

Status join_cluster(Call& call, const Value& in, const EngineVersion& version, Value& instance) {
  TRY(Value cluster, find(call, cluster_kind, in, "DBClusterIdentifier"));
  if (cluster["Engine"].as_string() != version.engine)
    return combination("The engine name requested for your DB instance (" + version.engine +
                       ") doesn't match the engine name of your DB cluster (" +
                       cluster["Engine"].as_string() + ").");
  if (in.has("MasterUsername") || in.has("MasterUserPassword"))
    return combination(
        "The requested DB Instance will be a member of a DB Cluster. Set "
        "master user password for the DB Cluster.");
  const Value id = instance["DBInstanceIdentifier"];
  bool is_writer = cluster["DBClusterMembers"].empty();
  cluster.member("DBClusterMembers")
      .push_back(Value::map({{"DBInstanceIdentifier", id},
                             {"IsClusterWriter", is_writer},
                             {"DBClusterParameterGroupStatus", "in-sync"},
                             {"PromotionTier", in["PromotionTier"].as_int(1)}}));
  put(call, cluster_kind, cluster);
  for (const char* member : {"DBClusterIdentifier", "MasterUsername", "BackupRetentionPeriod",
                             "StorageEncrypted", "KmsKeyId"})
    if (cluster.has(member)) instance.set(member, cluster[member]);
  if (cluster.has("DatabaseName")) instance.set("DBName", cluster["DatabaseName"]);
  if (!instance.has("AllocatedStorage")) instance.set("AllocatedStorage", 1);
  instance.set("StorageType", "aurora").set("PromotionTier", in["PromotionTier"].as_int(1));
  return {};
}

void leave_cluster(Call& call, const Value& instance) {
  if (!instance.has("DBClusterIdentifier")) return;
  auto cluster = find(call, cluster_kind, instance["DBClusterIdentifier"].as_string());
  if (!cluster.has_value()) return;
  Value left = Value::list();
  bool has_writer = false;
  for (const Value& member : (*cluster)["DBClusterMembers"].items()) {
    if (member["DBInstanceIdentifier"] == instance["DBInstanceIdentifier"]) continue;
    has_writer = has_writer || member["IsClusterWriter"].as_bool();
    left.push_back(member);
  }
  Value members = Value::list();
  for (Value member : left.items()) {  // a reader takes over
    if (!has_writer) member.set("IsClusterWriter", true);
    has_writer = true;
    members.push_back(std::move(member));
  }
  put(call, cluster_kind, cluster->set("DBClusterMembers", std::move(members)));
}

Result<Value> create_cluster(Call& call, const Value& in) {
  TRY(std::string id, new_identifier(call, cluster_kind, in, "DBClusterIdentifier"));
  TRY(EngineVersion version,
      engine_version(call, in["Engine"].as_string(), in["EngineVersion"].as_string()));
  bool is_multi_zone = version.engine == "postgres" || version.engine == "mysql";
  if (!version.is_of_clusters && !is_multi_zone)
    return invalid("Invalid DB engine: " + version.engine);
  if (!in.has("MasterUsername") && !in.has("ReplicationSourceIdentifier"))
    return aws_error("MissingParameter", "The request must contain the parameter MasterUsername");
  if (in["ManageMasterUserPassword"].as_bool())
    return aws_error("NotImplemented",
                     "mainstay's embedded cloud does not keep master passwords in Secrets Manager",
                     501);
  CHECK_OK(check_window(in));
  Value cluster = Value::map({{"DBClusterIdentifier", id}});
  set_cluster(cluster, in);
  for (const char* member : {"DatabaseName", "MasterUsername"})
    if (in.has(member)) cluster.set(member, in[member]);
  CHECK_OK(tag_new(call, cluster, in));
  CHECK_OK(place_cluster(call, in, cluster));
  fill(call, version, in, cluster);
  begin(call, cluster_kind, cluster, "creating");
  return answer("DBCluster", cluster);
}

Result<Value> describe_clusters(Call& call, const Value& in) {
  if (in.has("DBClusterIdentifier")) {
    TRY(Value found, find(call, cluster_kind, in, "DBClusterIdentifier"));
    return Value::map({{"DBClusters", Value::list({shown(found)})}});
  }
  static constexpr Filter filters[] = {{"db-cluster-id", "DBClusterIdentifier"},
                                       {"db-cluster-resource-id", "DbClusterResourceId"},
                                       {"engine", "Engine"}};
  return list(call, cluster_kind, in, filters);
}

Result<Value> modify_cluster(Call& call, const Value& in) {
  TRY(Value cluster, find(call, cluster_kind, in, "DBClusterIdentifier"));
  if (cluster["Status"].as_string() != "available")
    return aws_error("InvalidDBClusterStateFault", "DBCluster is not in available state.");
  CHECK_OK(check_window(in));
  set_cluster(cluster, in);
  if (in.has("EngineVersion")) {
    TRY(EngineVersion to,
        engine_version(call, cluster["Engine"].as_string(), in["EngineVersion"].as_string()));
    TRY(EngineVersion from, engine_version(call, to.engine, cluster["EngineVersion"].as_string()));
    if (to.family != from.family && !in["AllowMajorVersionUpgrade"].as_bool())
      return combination(
          "The AllowMajorVersionUpgrade flag must be present when upgrading to a "
          "new major version.");
    cluster.set("EngineVersion", to.version);
  }
  begin(call, cluster_kind, cluster, "modifying");
  return answer("DBCluster", cluster);
}

Result<Value> delete_cluster(Call& call, const Value& in) {
  TRY(Value cluster, find(call, cluster_kind, in, "DBClusterIdentifier"));
  if (cluster["DeletionProtection"].as_bool())
    return combination(
        "Cannot delete protected Cluster, please disable deletion protection and "
        "try again.");
  if (!cluster["DBClusterMembers"].empty())
    return aws_error("InvalidDBClusterStateFault",
                     "Cluster cannot be deleted, it still contains DB instances in non-deleting "
                     "state.");
  if (!in["SkipFinalSnapshot"].as_bool()) {
    if (!in.has("FinalDBSnapshotIdentifier"))
      return combination(
          "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.");
    CHECK_OK(snapshot_cluster(call, cluster, in, "FinalDBSnapshotIdentifier"));
  }
  begin(call, cluster_kind, cluster, "deleting");
  return answer("DBCluster", cluster);
}

Result<Value> create_cluster_snapshot(Call& call, const Value& in) {
  TRY(Value cluster, find(call, cluster_kind, in, "DBClusterIdentifier"));
  if (cluster["Status"].as_string() != "available")
    return aws_error("InvalidDBClusterStateFault", "DBCluster is not in available state.");
  TRY(Value snapshot, snapshot_cluster(call, cluster, in, "DBClusterSnapshotIdentifier"));
  return answer("DBClusterSnapshot", snapshot);
}

Result<Value> describe_cluster_snapshots(Call& call, const Value& in) {
  if (in.has("DBClusterSnapshotIdentifier")) {
    TRY(Value found, find(call, cluster_snapshot_kind, in, "DBClusterSnapshotIdentifier"));
    return Value::map({{"DBClusterSnapshots", Value::list({shown(found)})}});
  }
  static constexpr Filter filters[] = {{"db-cluster-id", "DBClusterIdentifier"},
                                       {"db-cluster-snapshot-id", "DBClusterSnapshotIdentifier"},
                                       {"snapshot-type", "SnapshotType"},
                                       {"engine", "Engine"}};
  return list(call, cluster_snapshot_kind, in, filters, [&](const Value& snapshot) {
    const std::string of = to_lower(in["DBClusterIdentifier"].as_string());
    return of.empty() || snapshot["DBClusterIdentifier"].as_string() == of;
  });
}

Result<Value> delete_cluster_snapshot(Call& call, const Value& in) {
  TRY(Value snapshot, find(call, cluster_snapshot_kind, in, "DBClusterSnapshotIdentifier"));
  if (snapshot["Status"].as_string() != "available")
    return aws_error("InvalidDBClusterSnapshotStateFault", "The snapshot is not available.");
  remove(call, cluster_snapshot_kind, snapshot);
  return answer("DBClusterSnapshot", snapshot);
}

Result<Value> restore_cluster(Call& call, const Value& in) {
  TRY(std::string id, new_identifier(call, cluster_kind, in, "DBClusterIdentifier"));
  TRY(Value snapshot, find(call, cluster_snapshot_kind, in, "SnapshotIdentifier"));
  TRY(EngineVersion version,
      engine_version(call, in["Engine"].as_string(), snapshot["EngineVersion"].as_string()));
  Value cluster = Value::map({{"DBClusterIdentifier", id}});
  for (const char* member : {"MasterUsername", "StorageEncrypted", "KmsKeyId", "AllocatedStorage"})
    if (snapshot.has(member)) cluster.set(member, snapshot[member]);
  if (!snapshot["_DatabaseName"].is_null()) cluster.set("DatabaseName", snapshot["_DatabaseName"]);
  set_cluster(cluster, in);
  CHECK_OK(tag_new(call, cluster, in));
  CHECK_OK(place_cluster(call, in, cluster));
  fill(call, version, in, cluster);
  begin(call, cluster_kind, cluster, "creating");
  return answer("DBCluster", cluster);
}

}  // namespace mainstay::rds
