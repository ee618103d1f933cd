#include "services/rds/instance.hh"

#include <algorithm>

#include "base/digest.hh"
#include "base/text.hh"
#include "services/rds/cluster.hh"
#include "services/rds/handlers.hh"
#include "services/rds/host.hh"
#include "services/rds/machine.hh"
#include "services/rds/snapshot.hh"

namespace mainstay::rds {
namespace {

constexpr int64_t storage_gib_min = 5, storage_gib_max = 65'536;
constexpr size_t password_min = 8;

// Members that keep their names and values ("CreateDBInstance", "DBInstance").
constexpr const char* settings[] = {"DBInstanceClass",
                                    "AllocatedStorage",
                                    "MaxAllocatedStorage",
                                    "MultiAZ",
                                    "AutoMinorVersionUpgrade",
                                    "Iops",
                                    "StorageThroughput",
                                    "StorageType",
                                    "BackupRetentionPeriod",
                                    "PubliclyAccessible",
                                    "CopyTagsToSnapshot",
                                    "DeletionProtection",
                                    "LicenseModel",
                                    "CharacterSetName",
                                    "Timezone",
                                    "MonitoringInterval",
                                    "MonitoringRoleArn",
                                    "PromotionTier",
                                    "NetworkType",
                                    "PreferredBackupWindow",
                                    "PreferredMaintenanceWindow",
                                    "CACertificateIdentifier",
                                    "PerformanceInsightsRetentionPeriod"};

struct Default {
  const char* member;
  Value value;
};

void fill(Value& document) {
  const Default defaults[] = {{"MultiAZ", false},
                              {"AutoMinorVersionUpgrade", true},
                              {"StorageType", "gp2"},
                              {"BackupRetentionPeriod", 1},
                              {"PubliclyAccessible", false},
                              {"CopyTagsToSnapshot", false},
                              {"DeletionProtection", false},
                              {"MonitoringInterval", 0},
                              {"NetworkType", "IPV4"},
                              {"CACertificateIdentifier", "rds-ca-rsa2048-g1"},
                              {"PreferredBackupWindow", "03:00-03:30"},
                              {"PreferredMaintenanceWindow", "sun:05:00-sun:05:30"},
                              {"IAMDatabaseAuthenticationEnabled", false},
                              {"PerformanceInsightsEnabled", false},
                              {"StorageEncrypted", false},
                              {"ActivityStreamStatus", "stopped"},
                              {"BackupTarget", "region"},
                              {"DBSecurityGroups", Value::list()},
                              {"DomainMemberships", Value::list()},
                              {"AssociatedRoles", Value::list()},
                              {"ReadReplicaDBInstanceIdentifiers", Value::list()},
                              {"PendingModifiedValues", Value::map({})},
                              {"CustomerOwnedIpEnabled", false},
                              {"DbInstancePort", 0}};
  for (const Default& one : defaults)
    if (!document.has(one.member)) document.set(one.member, one.value);
}

Status check_password(const Value& in) {
  const std::string& password = in["MasterUserPassword"].as_string();
  if (password.size() < password_min)
    return invalid(
        "The parameter MasterUserPassword is not a valid password because it is shorter than 8 "
        "characters.");
  bool is_plain = std::all_of(password.begin(), password.end(), [](unsigned char c) {
    return c >= 32 && c < 127 && c != '/' && c != '"' && c != '@' && c != ' ';
  });
  if (is_plain) return {};
  return invalid(
      "The parameter MasterUserPassword is not a valid password. Only printable ASCII characters "
      "besides '/', '@', '\"', ' ' may be used.");
}

// What a request of its own must have; a member of a cluster has it from there.
Status check_new(const Value& in, const EngineVersion& version) {
  if (in.has("DBClusterIdentifier")) return {};
  if (version.is_of_clusters)
    return combination("The engine " + version.engine + " needs a DBClusterIdentifier.");
  if (!in.has("MasterUsername"))
    return aws_error("MissingParameter", "The request must contain the parameter MasterUsername");
  bool managed = in["ManageMasterUserPassword"].as_bool();
  if (managed && in.has("MasterUserPassword"))
    return combination(
        "You can't specify MasterUserPassword for an instance with ManageMasterUserPassword.");
  if (managed)
    return aws_error("NotImplemented",
                     "mainstay's embedded cloud does not keep master passwords in Secrets Manager",
                     501);
  if (!in.has("MasterUserPassword"))
    return aws_error("MissingParameter",
                     "The request must contain the parameter MasterUserPassword");
  CHECK_OK(check_password(in));
  const std::string user = to_lower(in["MasterUsername"].as_string());
  if (version.engine == "postgres" && (user == "rdsadmin" || user.starts_with("pg_")))
    return invalid("MasterUsername " + in["MasterUsername"].as_string() +
                   " cannot be used as it is a reserved word used by the engine");
  if (!in.has("AllocatedStorage"))
    return aws_error("MissingParameter", "The request must contain the parameter AllocatedStorage");
  int64_t size = in["AllocatedStorage"].as_int();
  if (size < storage_gib_min || size > storage_gib_max)
    return invalid("Invalid storage size for engine name " + version.engine +
                   " and storage type: " + std::to_string(size));
  return {};
}

}  // namespace

void copy_settings(Value& document, const Value& in) {
  for (const char* member : settings)
    if (in.has(member)) document.set(member, in[member]);
  if (in.has("EnableIAMDatabaseAuthentication"))
    document.set("IAMDatabaseAuthenticationEnabled", in["EnableIAMDatabaseAuthentication"]);
  if (in.has("EnablePerformanceInsights"))
    document.set("PerformanceInsightsEnabled", in["EnablePerformanceInsights"]);
  if (!in["EnableCloudwatchLogsExports"].empty())
    document.set("EnabledCloudwatchLogsExports", in["EnableCloudwatchLogsExports"]);
}

Status check_window(const Value& in) {
  int64_t days = in["BackupRetentionPeriod"].as_int(0);
  if (days < 0 || days > 35)
    return invalid("Invalid backup retention period: " + std::to_string(days) +
                   ". Must be between 0 and 35.");
  const std::string& window = in["PreferredBackupWindow"].as_string();
  bool is_window = window.size() == 11 && window[5] == '-' && window[2] == ':' && window[8] == ':';
  if (!window.empty() && !is_window)
    return invalid("The parameter PreferredBackupWindow must be in the format hh24:mi-hh24:mi.");
  return {};
}

Result<std::string> key_arn(Call& call, const Value& key) {
  std::string id = key.as_string().empty() ? "alias/aws/rds" : key.as_string();
  auto found = call.invoke("kms", "DescribeKey", Value::map({{"KeyId", id}}));
  bool usable = found.has_value() && (*found)["KeyMetadata"]["Enabled"].as_bool();
  if (usable) return (*found)["KeyMetadata"]["Arn"].as_string();
  return aws_error("KMSKeyNotAccessibleFault",
                   "The specified KMS key [" + id +
                       "] does not exist, is not enabled or you do not have permissions to access "
                       "it. ");
}

Status place(Call& call, const Value& in, Value& document) {
  if (in.has("DBSubnetGroupName")) {
    TRY(Value group, find(call, subnet_group_kind, in, "DBSubnetGroupName"));
    group = shown(group);
    group.erase("TagList");
    document.set("DBSubnetGroup", std::move(group));
  }
  std::string zone = in["AvailabilityZone"].as_string();
  if (!zone.empty() && document["MultiAZ"].as_bool())
    return combination(
        "Requesting a specific availability zone is not valid for Multi-AZ instances.");
  const List& subnets = document["DBSubnetGroup"]["Subnets"].items();
  if (zone.empty() && !subnets.empty())
    zone = subnets.front()["SubnetAvailabilityZone"]["Name"].as_string();
  document.set("AvailabilityZone", zone.empty() ? call.region + "a" : zone);
  Value groups = Value::list();
  for (const Value& id : in["VpcSecurityGroupIds"].items())
    groups.push_back(Value::map({{"VpcSecurityGroupId", id}, {"Status", "active"}}));
  if (!groups.empty()) {
    auto found = call.invoke("ec2", "DescribeSecurityGroups",
                             Value::map({{"GroupIds", in["VpcSecurityGroupIds"]}}));
    if (!found.has_value())
      return invalid("Invalid security group , groupId= " +
                     in["VpcSecurityGroupIds"].at(0).as_string() + ", groupName=.");
  }
  document.set("VpcSecurityGroups", std::move(groups));
  if (in.has("DBParameterGroupName") &&
      !in["DBParameterGroupName"].as_string().starts_with("default."))
    CHECK_OK(find(call, parameter_group_kind, in, "DBParameterGroupName"));
  if (!in["StorageEncrypted"].as_bool() && !in.has("KmsKeyId")) return {};
  TRY(std::string key, key_arn(call, in["KmsKeyId"]));
  document.set("StorageEncrypted", true).set("KmsKeyId", key);
  return {};
}

void make(Call& call, const EngineVersion& version, const Value& in, Value& document) {
  const std::string id = document["DBInstanceIdentifier"].as_string();
  fill(document);
  std::string group = in.has("DBParameterGroupName")
                          ? to_lower(in["DBParameterGroupName"].as_string())
                          : "default." + version.family;
  std::string major = version.family.substr(version.engine.size());
  std::replace(major.begin(), major.end(), '.', '-');
  std::string options = in.has("OptionGroupName") ? in["OptionGroupName"].as_string()
                                                  : "default:" + version.engine + "-" + major;
  if (!document.has("LicenseModel")) document.set("LicenseModel", version.license);
  std::string unique = to_lower(hex_encode(sha256(call.account + call.region)).substr(0, 12));
  std::string resource = "db-" + call.random.alphanumeric(26);
  document.set("Engine", version.engine)
      .set("EngineVersion", version.version)
      .set("DBInstanceArn", arn_of(call, instance_kind, id))
      .set("DbiResourceId", resource)
      .set("_Address", id + ".c" + unique + "." + call.region + ".rds.amazonaws.com")
      .set("_Port", in["Port"].as_int(version.port))
      .set("DBParameterGroups", Value::list({Value::map({{"DBParameterGroupName", group},
                                                         {"ParameterApplyStatus", "in-sync"}})}))
      .set("OptionGroupMemberships",
           Value::list({Value::map({{"OptionGroupName", options}, {"Status", "in-sync"}})}));
  bool restores_state = document.has("_FromState");  // of a snapshot without data
  document.erase("_FromState");
  if (!restores_state && host_of(call).can_run(version.engine, version.version))
    document.set("_Database", database_id(call, document));
  else if (version.engine == "postgres")
    tell(call, instance_kind, id, "notification",
         "mainstay: nothing runs behind this instance: " +
             std::string(restores_state ? "its snapshot has no data"
                                        : "no PostgreSQL of its version is installed here"));
  begin(call, instance_kind, document, "creating");
}

Result<Value> create_instance(Call& call, const Value& in) {
  TRY(std::string id, new_identifier(call, instance_kind, in, "DBInstanceIdentifier"));
  TRY(EngineVersion version,
      engine_version(call, in["Engine"].as_string(), in["EngineVersion"].as_string()));
  CHECK_OK(check_new(in, version));
  CHECK_OK(check_window(in));
  Value document = Value::map({{"DBInstanceIdentifier", id}});
  copy_settings(document, in);
  CHECK_OK(tag_new(call, document, in));
  CHECK_OK(place(call, in, document));
  for (const char* member : {"MasterUsername", "DBName"})
    if (in.has(member)) document.set(member, in[member]);
  if (in.has("MasterUserPassword")) document.set("_Password", in["MasterUserPassword"]);
  if (in.has("DBClusterIdentifier")) CHECK_OK(join_cluster(call, in, version, document));
  make(call, version, in, document);
  document.erase("_Password");
  Value out = answer("DBInstance", document);
  out.member("DBInstance").member("PendingModifiedValues").set("MasterUserPassword", "****");
  return out;
}

Result<Value> describe_instances(Call& call, const Value& in) {
  if (in.has("DBInstanceIdentifier")) {
    TRY(Value found, find(call, instance_kind, in, "DBInstanceIdentifier"));
    return Value::map({{"DBInstances", Value::list({shown(found)})}});
  }
  static constexpr Filter filters[] = {{"db-instance-id", "DBInstanceIdentifier"},
                                       {"db-cluster-id", "DBClusterIdentifier"},
                                       {"dbi-resource-id", "DbiResourceId"},
                                       {"engine", "Engine"}};
  return list(call, instance_kind, in, filters);
}

Error wrong_state(const Value& instance, const char* what) {
  return aws_error("InvalidDBInstanceState", "Instance " +
                                                 instance["DBInstanceIdentifier"].as_string() +
                                                 " cannot be " + what + " as it is in state " +
                                                 instance["DBInstanceStatus"].as_string() + ".");
}

Result<Value> delete_instance(Call& call, const Value& in) {
  TRY(Value instance, find(call, instance_kind, in, "DBInstanceIdentifier"));
  const std::string status = instance["DBInstanceStatus"].as_string();
  if (status == "deleting")
    return aws_error(
        "InvalidDBInstanceState",
        "Instance " + instance["DBInstanceIdentifier"].as_string() + " is already being deleted.");
  if (instance["DeletionProtection"].as_bool())
    return combination(
        "Cannot delete protected DB Instance, please disable deletion protection "
        "and try again.");
  bool is_member = instance.has("DBClusterIdentifier");
  bool skips = in["SkipFinalSnapshot"].as_bool() || is_member;
  const std::string& final_id = in["FinalDBSnapshotIdentifier"].as_string();
  if (skips && !final_id.empty())
    return combination(
        "FinalDBSnapshotIdentifier can not be specified when SkipFinalSnapshot is "
        "true.");
  if (!skips && final_id.empty() && !instance.has("ReadReplicaSourceDBInstanceIdentifier"))
    return combination(
        "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is "
        "specified.");
  forget_automated_snapshots(call, instance, in["DeleteAutomatedBackups"].as_bool(true));
  leave_cluster(call, instance);
  if (final_id.empty()) {
    begin(call, instance_kind, instance, "deleting");
  } else {
    if (status != "available" && status != "stopped") return wrong_state(instance, "deleted");
    CHECK_OK(take_snapshot(call, instance, Value::map({{"DBSnapshotIdentifier", final_id}}),
                           {.then = "deleting"}));
    instance.set("DBInstanceStatus", "deleting");
    put(call, instance_kind, instance);
  }
  return answer("DBInstance", instance);
}

namespace {

Result<Value> turn(Call& call, const Value& in, const char* needed, const char* status,
                   const char* what) {
  TRY(Value instance, find(call, instance_kind, in, "DBInstanceIdentifier"));
  if (instance["DBInstanceStatus"].as_string() != needed) return wrong_state(instance, what);
  begin(call, instance_kind, instance, status);
  return answer("DBInstance", instance);
}

}  // namespace

Result<Value> reboot_instance(Call& call, const Value& in) {
  TRY(Value instance, find(call, instance_kind, in, "DBInstanceIdentifier"));
  if (in["ForceFailover"].as_bool() && !instance["MultiAZ"].as_bool())
    return combination("You can't specify ForceFailover when the instance is not Multi-AZ.");
  if (instance["DBInstanceStatus"].as_string() != "available")
    return wrong_state(instance, "rebooted");
  Value groups = Value::list();
  for (Value group : instance["DBParameterGroups"].items())
    groups.push_back(group.set("ParameterApplyStatus", "in-sync"));
  instance.set("DBParameterGroups", std::move(groups));
  begin(call, instance_kind, instance, "rebooting");
  return answer("DBInstance", instance);
}

Result<Value> start_instance(Call& call, const Value& in) {
  return turn(call, in, "stopped", "starting", "started");
}
Result<Value> stop_instance(Call& call, const Value& in) {
  if (in.has("DBSnapshotIdentifier")) {
    TRY(Value instance, find(call, instance_kind, in, "DBInstanceIdentifier"));
    if (instance["DBInstanceStatus"].as_string() != "available")
      return wrong_state(instance, "stopped");
    CHECK_OK(take_snapshot(call, instance, in, {.then = "stopping"}));
    instance.set("DBInstanceStatus", "stopping");
    put(call, instance_kind, instance);
    return answer("DBInstance", instance);
  }
  return turn(call, in, "available", "stopping", "stopped");
}

}  // namespace mainstay::rds
