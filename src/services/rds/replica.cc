// Read replicas, as state: nothing runs behind one. Source: "Working with DB instance read
// replicas", RDS user guide.
#include "services/rds/handlers.hh"
#include "services/rds/instance.hh"
#include "services/rds/machine.hh"

namespace mainstay::rds {
namespace {

constexpr size_t replicas_max = 15;

void set_replicas(Call& call, Value& source, const std::string& id, bool add) {
  Value left = Value::list();
  for (const Value& one : source["ReadReplicaDBInstanceIdentifiers"].items())
    if (one.as_string() != id) left.push_back(one);
  if (add) left.push_back(id);
  put(call, instance_kind, source.set("ReadReplicaDBInstanceIdentifiers", std::move(left)));
}

}  // namespace

Result<Value> create_replica(Call& call, const Value& in) {
  TRY(std::string id, new_identifier(call, instance_kind, in, "DBInstanceIdentifier"));
  TRY(Value source, find(call, instance_kind, in, "SourceDBInstanceIdentifier"));
  if (source["DBInstanceStatus"].as_string() != "available")
    return aws_error("InvalidDBInstanceState", "The source instance is not in available state.");
  if (source["BackupRetentionPeriod"].as_int() == 0)
    return aws_error("InvalidDBInstanceState",
                     "Automated backups are not enabled for this database instance. To enable "
                     "automated backups, use ModifyDBInstance to set the backup retention period "
                     "to a non-zero value.");
  if (source["ReadReplicaDBInstanceIdentifiers"].size() >= replicas_max)
    return aws_error("InstanceQuotaExceeded", "A source can have at most 15 read replicas.");
  TRY(EngineVersion version,
      engine_version(call, source["Engine"].as_string(), source["EngineVersion"].as_string()));
  Value document = Value::map({{"DBInstanceIdentifier", id}});
  for (const char* member :
       {"DBInstanceClass", "AllocatedStorage", "StorageType", "Iops", "MasterUsername", "DBName",
        "LicenseModel", "DBSubnetGroup", "StorageEncrypted", "KmsKeyId"})
    if (source.has(member)) document.set(member, source[member]);
  document.set("BackupRetentionPeriod", 0)
      .set("ReadReplicaSourceDBInstanceIdentifier", source["DBInstanceIdentifier"])
      .set(
          "StatusInfos",
          Value::list({Value::map(
              {{"StatusType", "read replication"}, {"Normal", true}, {"Status", "replicating"}})}));
  copy_settings(document, in);
  CHECK_OK(tag_new(call, document, in));
  CHECK_OK(place(call, in, document));
  document.set("_FromState", true);
  make(call, version, in, document);
  set_replicas(call, source, id, true);
  return answer("DBInstance", document);
}

Result<Value> promote_replica(Call& call, const Value& in) {
  TRY(Value replica, find(call, instance_kind, in, "DBInstanceIdentifier"));
  if (!replica.has("ReadReplicaSourceDBInstanceIdentifier"))
    return aws_error("InvalidDBInstanceState", "DB Instance is not a read replica.");
  auto source =
      find(call, instance_kind, replica["ReadReplicaSourceDBInstanceIdentifier"].as_string());
  if (source.has_value())
    set_replicas(call, *source, replica["DBInstanceIdentifier"].as_string(), false);
  replica.erase("ReadReplicaSourceDBInstanceIdentifier");
  replica.erase("StatusInfos");
  replica.set("BackupRetentionPeriod", in["BackupRetentionPeriod"].as_int(1));
  if (in.has("PreferredBackupWindow"))
    replica.set("PreferredBackupWindow", in["PreferredBackupWindow"]);
  begin(call, instance_kind, replica, "modifying");
  return answer("DBInstance", replica);
}

}  // namespace mainstay::rds
