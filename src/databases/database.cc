#include "databases/database.hh"

namespace mainstay::databases {

const Kind instance_kind{"instance",
                         "DescribeDBInstances",
                         "DBInstances",
                         "DBInstanceIdentifier",
                         "DBInstanceArn",
                         "DbiResourceId",
                         "DBInstanceStatus",
                         "DescribeDBSnapshots",
                         "DBSnapshots",
                         "DBSnapshotIdentifier",
                         "DBSnapshotArn",
                         "Encrypted",
                         "CopyDBSnapshot",
                         "SourceDBSnapshotIdentifier",
                         "TargetDBSnapshotIdentifier",
                         "DeleteDBSnapshot"};
const Kind cluster_kind{"cluster",
                        "DescribeDBClusters",
                        "DBClusters",
                        "DBClusterIdentifier",
                        "DBClusterArn",
                        "DbClusterResourceId",
                        "Status",
                        "DescribeDBClusterSnapshots",
                        "DBClusterSnapshots",
                        "DBClusterSnapshotIdentifier",
                        "DBClusterSnapshotArn",
                        "StorageEncrypted",
                        "CopyDBClusterSnapshot",
                        "SourceDBClusterSnapshotIdentifier",
                        "TargetDBClusterSnapshotIdentifier",
                        "DeleteDBClusterSnapshot"};

namespace {

Tags tags_from(const Value& list) {
  Tags out;
  for (const Value& one : list.items()) out[one["Key"].as_string()] = one["Value"].as_string();
  return out;
}

std::optional<Time> time_in(const Value& value) {
  if (value.is_time()) return value.as_time();
  return parse_time(value.as_string());
}

}  // namespace

std::string copied_database(const Snapshot& snapshot) {
  return snapshot.tag(creator_tag) == creator ? snapshot.tag(database_tag) : "";
}

Database database_from(const Kind& kind, const Value& document, const std::string& region) {
  Database out;
  out.kind = &kind;
  out.id = document[kind.id].as_string();
  out.arn = document[kind.arn].as_string();
  out.region = region;
  out.engine = document["Engine"].as_string();
  out.status = document[kind.status].as_string();
  out.encrypted = document["StorageEncrypted"].as_bool();
  out.key = document["KmsKeyId"].as_string();
  out.gib = document["AllocatedStorage"].as_int();
  out.tags = tags_from(document["TagList"]);
  return out;
}

Snapshot snapshot_from(const Kind& kind, const Value& document, const std::string& region) {
  Snapshot out;
  out.kind = &kind;
  out.id = document[kind.snapshot_id].as_string();
  out.arn = document[kind.snapshot_arn].as_string();
  out.database = document[kind.id].as_string();
  out.region = region;
  out.type = document["SnapshotType"].as_string();
  out.status = document["Status"].as_string();
  out.encrypted = document[kind.snapshot_encrypted].as_bool();
  out.key = document["KmsKeyId"].as_string();
  out.gib = document["AllocatedStorage"].as_int();
  out.percent = document["PercentProgress"].as_int();
  out.tags = tags_from(document["TagList"]);
  // A copy's own creation time is the copy's; what it was copied from is older.
  if (!copied_database(out).empty()) out.taken = parse_time(out.tag(taken_tag));
  if (!out.taken) out.taken = time_in(document["OriginalSnapshotCreateTime"]);
  if (!out.taken) out.taken = time_in(document["SnapshotCreateTime"]);
  return out;
}

Result<std::vector<Database>> list_databases(aws::Client& client, const std::string& region) {
  std::vector<Database> out;
  for (const Kind* kind : {&instance_kind, &cluster_kind}) {
    TRY(List found, client.list("rds", {kind->describe, kind->items, "Marker", "Marker"},
                                Value::map({{"MaxRecords", 100}}), region));
    for (const Value& one : found)
      if (kind == &cluster_kind || one["DBClusterIdentifier"].as_string().empty())
        out.push_back(database_from(*kind, one, region));
  }
  return out;
}

Result<std::vector<Snapshot>> list_snapshots(aws::Client& client, const std::string& region) {
  std::vector<Snapshot> out;
  for (const Kind* kind : {&instance_kind, &cluster_kind}) {
    TRY(List found,
        client.list("rds", {kind->describe_snapshots, kind->snapshots, "Marker", "Marker"},
                    Value::map({{"MaxRecords", 100}}), region));
    for (const Value& one : found) out.push_back(snapshot_from(*kind, one, region));
  }
  return out;
}

Result<std::optional<Snapshot>> find_snapshot(aws::Client& client, const Kind& kind,
                                              const std::string& region, const std::string& id) {
  auto found =
      client.call("rds", kind.describe_snapshots, Value::map({{kind.snapshot_id, id}}), region);
  if (!found && found.error().code.contains("SnapshotNotFound")) return std::optional<Snapshot>();
  if (!found) return found.error();
  const Value& one = (*found)[kind.snapshots].at(0);
  if (one.is_null()) return std::optional<Snapshot>();
  return std::optional(snapshot_from(kind, one, region));
}

}  // namespace mainstay::databases
