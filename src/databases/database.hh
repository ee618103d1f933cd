// What RDS has: databases (instances, and clusters as a whole) and their snapshots, read through
// the client. Sizes are in GiB as RDS has them.
//
// Source: Amazon RDS API reference, DBInstance, DBCluster, DBSnapshot, DBClusterSnapshot.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "aws/client.hh"
#include "base/time.hh"
#include "base/value.hh"

namespace mainstay::databases {

// What a kind's operations and members are called.
struct Kind {
  const char* word;  // "instance"
  const char *describe, *items, *id, *arn, *resource_id, *status;
  const char *describe_snapshots, *snapshots, *snapshot_id, *snapshot_arn, *snapshot_encrypted;
  const char *copy, *copy_source, *copy_target, *remove;
};
extern const Kind instance_kind, cluster_kind;

using Tags = std::map<std::string, std::string>;

struct Database {
  const Kind* kind = &instance_kind;
  std::string id, arn, region, engine, status;
  bool encrypted = false;
  std::string key;  // the ARN of its KMS key
  int64_t gib = 0;
  Tags tags;
};

struct Snapshot {
  const Kind* kind = &instance_kind;
  std::string id, arn, database, region, type, status;
  std::optional<Time> taken;  // when its data was; nothing while it is being created
  bool encrypted = false;
  std::string key;
  int64_t gib = 0, percent = 0;
  Tags tags;

  bool is_available() const { return status == "available" && taken.has_value(); }
  std::string tag(const std::string& name) const {
    auto found = tags.find(name);
    return found == tags.end() ? "" : found->second;
  }
};

// Tags of the copies that are made here.
inline constexpr const char *creator_tag = "created_by", *creator = "mainstay-db-copy",
                            *database_tag = "source_db", *source_tag = "source_snapshot",
                            *taken_tag = "source_time";
// The ARN of the database that this is a copy of; "" where it was not made here.
std::string copied_database(const Snapshot& snapshot);

Database database_from(const Kind& kind, const Value& document, const std::string& region);
Snapshot snapshot_from(const Kind& kind, const Value& document, const std::string& region);

// Members of clusters are left out: they have no snapshots of their own. Errors: AWS's.
Result<std::vector<Database>> list_databases(aws::Client& client, const std::string& region);
// All but those that others share. Errors: AWS's.
Result<std::vector<Snapshot>> list_snapshots(aws::Client& client, const std::string& region);
// Nothing where it is not there.
Result<std::optional<Snapshot>> find_snapshot(aws::Client& client, const Kind& kind,
                                              const std::string& region, const std::string& id);

}  // namespace mainstay::databases
