#include "services/rds/snapshot.hh"

#include <algorithm>

#include "base/text.hh"
#include "services/rds/handlers.hh"
#include "services/rds/host.hh"
#include "services/rds/instance.hh"
#include "services/rds/machine.hh"

namespace mainstay::rds {
namespace {

constexpr size_t shared_with_max = 20;  // "Sharing a DB snapshot"

// What a snapshot has of its source.
constexpr const char* taken_over[] = {"Engine",
                                      "EngineVersion",
                                      "AllocatedStorage",
                                      "AvailabilityZone",
                                      "MasterUsername",
                                      "LicenseModel",
                                      "Iops",
                                      "StorageThroughput",
                                      "StorageType",
                                      "KmsKeyId",
                                      "Timezone",
                                      "InstanceCreateTime",
                                      "IAMDatabaseAuthenticationEnabled",
                                      "DbiResourceId",
                                      "BackupRetentionPeriod",
                                      "PreferredBackupWindow"};

Error snapshot_state(const Value& snapshot, std::string_view what) {
  return aws_error("InvalidDBSnapshotState",
                   "The snapshot " + snapshot["DBSnapshotIdentifier"].as_string() + " cannot be " +
                       std::string(what) + " because it is in the " +
                       snapshot["Status"].as_string() + " state.");
}

// "rds:NAME-2026-11-29-03-05" (user guide, "Introduction to backups").
std::string automated_name(const Value& instance, Time now) {
  std::string at = format_iso8601(now);
  std::replace(at.begin(), at.end(), 'T', '-');
  std::replace(at.begin(), at.end(), ':', '-');
  return "rds:" + instance["DBInstanceIdentifier"].as_string() + "-" + at.substr(0, 16);
}

}  // namespace

Status take_snapshot(Call& call, Value& instance, const Value& in, const SnapshotPlan& plan) {
  std::string id = in["DBSnapshotIdentifier"].as_string();
  bool is_manual = plan.type == "manual";
  if (is_manual) {
    TRY(id, new_identifier(call, snapshot_kind, in, "DBSnapshotIdentifier"));
  }
  Value snapshot =
      Value::map({{"DBSnapshotIdentifier", id},
                  {"DBInstanceIdentifier", instance["DBInstanceIdentifier"]},
                  {"DBSnapshotArn", arn_of(call, snapshot_kind, id)},
                  {"SnapshotType", plan.type},
                  {"SnapshotCreateTime", call.now},
                  {"OriginalSnapshotCreateTime", call.now},
                  {"SnapshotTarget", "region"},
                  {"PercentProgress", 0},
                  {"Encrypted", instance["StorageEncrypted"].as_bool()},
                  {"Port", instance["Endpoint"]["Port"].as_int(instance["_Port"].as_int())},
                  {"OptionGroupName", instance["OptionGroupMemberships"].at(0)["OptionGroupName"]},
                  {"ProcessorFeatures", Value::list()},
                  {"DedicatedLogVolume", false},
                  {"_DBName", instance["DBName"]},
                  {"_Class", instance["DBInstanceClass"]},
                  {"_ResourceId", "snap-" + call.random.alphanumeric(20)}});
  for (const char* member : taken_over)
    if (instance.has(member)) snapshot.set(member, instance[member]);
  if (const Value& vpc = instance["DBSubnetGroup"]["VpcId"]; !vpc.is_null())
    snapshot.set("VpcId", vpc);
  CHECK_OK(tag_new(call, snapshot, in));
  if (in["Tags"].empty() && instance["CopyTagsToSnapshot"].as_bool())
    snapshot.set("_Tags", instance["_Tags"]);
  snapshot.set("_Source", Value::map({{"Instance", instance["DBInstanceIdentifier"]},
                                      {"Then", plan.then},
                                      {"Running", instance.has("_Running")},
                                      {"Port", instance["_Running"].as_int(0)}}));
  if (instance.has("_Database"))
    snapshot.set("_Database", database_id(call, snapshot)).set("_From", instance["_Database"]);
  begin(call, snapshot_kind, snapshot, "creating");
  instance.set("DBInstanceStatus", "backing-up").set("_Turn", call.random.hex(16));
  put(call, instance_kind, instance);
  return {};
}

Status take_automated_snapshot(Call& call, Value& instance) {
  std::string id = automated_name(instance, call.now);
  if (call.find("snapshot", id)) return {};
  return take_snapshot(call, instance, Value::map({{"DBSnapshotIdentifier", id}}),
                       {.type = "automated"});
}

void remove_snapshot(Call& call, const Value& snapshot) {
  if (auto databases = host_of(call).databases(); databases && snapshot.has("_Database"))
    call.after_commit.push_back(
        [databases, id = snapshot["_Database"].as_string()] { (void)databases->remove(id); });
  remove(call, snapshot_kind, snapshot);
}

void forget_automated_snapshots(Call& call, const Value& instance, bool all) {
  if (!all) return;
  std::vector<Value> gone;
  for (const auto& [id, snapshot] : call.all("snapshot"))
    if (snapshot["SnapshotType"].as_string() == "automated" &&
        snapshot["DbiResourceId"] == instance["DbiResourceId"])
      gone.push_back(snapshot);
  for (const Value& snapshot : gone) remove_snapshot(call, snapshot);
}

Result<Value> create_snapshot(Call& call, const Value& in) {
  TRY(Value instance, find(call, instance_kind, in, "DBInstanceIdentifier"));
  if (instance["DBInstanceStatus"].as_string() != "available")
    return aws_error("InvalidDBInstanceState",
                     "Cannot create a snapshot because the database instance " +
                         instance["DBInstanceIdentifier"].as_string() +
                         " is not currently in the available state.");
  CHECK_OK(take_snapshot(call, instance, in));
  TRY(Value made, find(call, snapshot_kind, in, "DBSnapshotIdentifier"));
  // A snapshot that is being created has no creation time yet (user reports; and so do we).
  made.erase("SnapshotCreateTime");
  return answer("DBSnapshot", made);
}

Result<Value> describe_snapshots(Call& call, const Value& in) {
  if (in.has("DBSnapshotIdentifier")) {
    TRY(Value found, find(call, snapshot_kind, in, "DBSnapshotIdentifier"));
    return Value::map({{"DBSnapshots", Value::list({shown(found)})}});
  }
  static constexpr Filter filters[] = {{"db-instance-id", "DBInstanceIdentifier"},
                                       {"db-snapshot-id", "DBSnapshotIdentifier"},
                                       {"dbi-resource-id", "DbiResourceId"},
                                       {"snapshot-type", "SnapshotType"},
                                       {"engine", "Engine"}};
  const std::string type = in["SnapshotType"].as_string();
  if (type == "shared" || type == "public" || type == "awsbackup")
    return Value::map({{"DBSnapshots", Value::list()}});
  return list(call, snapshot_kind, in, filters, [&](const Value& snapshot) {
    const std::string& of = in["DBInstanceIdentifier"].as_string();
    if (!of.empty() && snapshot["DBInstanceIdentifier"].as_string() != to_lower(of)) return false;
    if (in.has("DbiResourceId") && snapshot["DbiResourceId"] != in["DbiResourceId"]) return false;
    return type.empty() || snapshot["SnapshotType"].as_string() == type;
  });
}

Result<Value> delete_snapshot(Call& call, const Value& in) {
  TRY(Value snapshot, find(call, snapshot_kind, in, "DBSnapshotIdentifier"));
  if (snapshot["SnapshotType"].as_string() == "automated")
    return aws_error("InvalidDBSnapshotState", "Only manual snapshots may be deleted; " +
                                                   snapshot["DBSnapshotIdentifier"].as_string() +
                                                   " is automated.");
  const std::string& status = snapshot["Status"].as_string();
  if (status == "creating") return snapshot_state(snapshot, "deleted");
  remove_snapshot(call, snapshot);
  tell(call, snapshot_kind, snapshot["DBSnapshotIdentifier"].as_string(), "deletion",
       "Manual snapshot deleted");
  snapshot.set("Status", "deleted");
  return answer("DBSnapshot", snapshot);
}

Result<Value> describe_snapshot_attributes(Call& call, const Value& in) {
  TRY(Value snapshot, find(call, snapshot_kind, in, "DBSnapshotIdentifier"));
  Value accounts = snapshot["_SharedWith"].is_list() ? snapshot["_SharedWith"] : Value::list();
  return Value::map(
      {{"DBSnapshotAttributesResult",
        Value::map({{"DBSnapshotIdentifier", snapshot["DBSnapshotIdentifier"]},
                    {"DBSnapshotAttributes",
                     Value::list({Value::map({{"AttributeName", "restore"},
                                              {"AttributeValues", std::move(accounts)}})})}})}});
}

// "You can't share a DB snapshot that was encrypted with the default KMS key" (ModifyDBSnapshot-
// Attribute; "Sharing encrypted snapshots").
Result<Value> modify_snapshot_attribute(Call& call, const Value& in) {
  TRY(Value snapshot, find(call, snapshot_kind, in, "DBSnapshotIdentifier"));
  if (in["AttributeName"].as_string() != "restore")
    return invalid("The attribute " + in["AttributeName"].as_string() + " is not supported.");
  if (snapshot["SnapshotType"].as_string() != "manual")
    return aws_error("InvalidDBSnapshotState", "Only manual snapshots can be shared.");
  if (snapshot["Status"].as_string() != "available") return snapshot_state(snapshot, "shared");
  if (snapshot["Encrypted"].as_bool() && !in["ValuesToAdd"].empty()) {
    TRY(std::string own, key_arn(call, Value()));
    if (snapshot["KmsKeyId"].as_string() == own)
      return aws_error("InvalidDBSnapshotState",
                       "Sharing snapshots encrypted with the default service key for RDS is "
                       "currently not supported.");
  }
  std::vector<std::string> accounts;
  for (const Value& one : snapshot["_SharedWith"].items()) accounts.push_back(one.as_string());
  for (const Value& one : in["ValuesToRemove"].items()) std::erase(accounts, one.as_string());
  for (const Value& one : in["ValuesToAdd"].items())
    if (std::find(accounts.begin(), accounts.end(), one.as_string()) == accounts.end())
      accounts.push_back(one.as_string());
  if (accounts.size() > shared_with_max)
    return aws_error("SharedSnapshotQuotaExceeded",
                     "A snapshot can be shared with at most 20 accounts.");
  snapshot.set("_SharedWith", Value::texts(accounts));
  put(call, snapshot_kind, snapshot);
  return describe_snapshot_attributes(call, in);
}

// "RestoreDBInstanceFromDBSnapshot": a new instance with the snapshot's data, user and engine, the
// default parameter group, and the settings of the request.
Result<Value> restore_instance(Call& call, const Value& in) {
  TRY(std::string id, new_identifier(call, instance_kind, in, "DBInstanceIdentifier"));
  TRY(Value snapshot, find(call, snapshot_kind, in, "DBSnapshotIdentifier"));
  if (snapshot["Status"].as_string() != "available") return snapshot_state(snapshot, "restored");
  if (in.has("Engine") && in["Engine"] != snapshot["Engine"])
    return combination("The engine of a snapshot can't be changed from " +
                       snapshot["Engine"].as_string() + " to " + in["Engine"].as_string() + ".");
  TRY(EngineVersion version,
      engine_version(call, snapshot["Engine"].as_string(), snapshot["EngineVersion"].as_string()));
  Value document =
      Value::map({{"DBInstanceIdentifier", id}, {"DBInstanceClass", snapshot["_Class"]}});
  for (const char* member : {"AllocatedStorage", "StorageType", "Iops", "MasterUsername",
                             "LicenseModel", "BackupRetentionPeriod"})
    if (snapshot.has(member)) document.set(member, snapshot[member]);
  copy_settings(document, in);
  if (in["AllocatedStorage"].as_int(INT64_MAX) < snapshot["AllocatedStorage"].as_int())
    return combination("Invalid storage size for restore: it can't be less than the snapshot's.");
  CHECK_OK(tag_new(call, document, in));
  CHECK_OK(place(call, in, document));
  if (snapshot["Encrypted"].as_bool())
    document.set("StorageEncrypted", true).set("KmsKeyId", snapshot["KmsKeyId"]);
  if (!snapshot["_DBName"].is_null()) document.set("DBName", snapshot["_DBName"]);
  if (snapshot.has("_Database"))
    document.set("_From", snapshot["_Database"]);
  else
    document.set("_FromState", true);
  make(call, version, in, document);
  return answer("DBInstance", document);
}

}  // namespace mainstay::rds
