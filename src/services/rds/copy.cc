// CopyDBSnapshot and CopyDBClusterSnapshot: within a region, and from another one. Source: "Copying
// a DB snapshot", RDS user guide: the call goes to the destination; the source of another region is
// an ARN; an encrypted one needs a key of the destination.
#include "cloud/cloud.hh"
#include "services/rds/handlers.hh"
#include "services/rds/host.hh"
#include "services/rds/instance.hh"
#include "services/rds/machine.hh"
#include "wire/arn.hh"

namespace mainstay::rds {
namespace {

constexpr size_t copies_at_once = 20;  // to a region of an account

// What the two operations call the same things.
struct CopyNames {
  const Kind& kind;
  const char *source, *target, *source_arn, *encrypted;
  const char *missing_code, *state_code, *what;
};
constexpr CopyNames copy_of_instance{snapshot_kind,
                                     "SourceDBSnapshotIdentifier",
                                     "TargetDBSnapshotIdentifier",
                                     "SourceDBSnapshotIdentifier",
                                     "Encrypted",
                                     "DBSnapshotNotFound",
                                     "InvalidDBSnapshotState",
                                     "DBSnapshot"};
constexpr CopyNames copy_of_cluster{cluster_snapshot_kind,
                                    "SourceDBClusterSnapshotIdentifier",
                                    "TargetDBClusterSnapshotIdentifier",
                                    "SourceDBClusterSnapshotArn",
                                    "StorageEncrypted",
                                    "DBClusterSnapshotNotFoundFault",
                                    "InvalidDBClusterSnapshotStateFault",
                                    "DBClusterSnapshot"};

struct Source {
  Value snapshot;
  std::string region, account;
  bool is_elsewhere = false;
};

// In this region by name or ARN; elsewhere by ARN, read as its owner's service would.
Result<Source> source_of(Call& call, const Value& in, const CopyNames& names) {
  const std::string& named = in[names.source].as_string();
  Source out{{}, call.region, call.account};
  auto arn = wire::parse_arn(named);
  if (arn.has_value()) {
    out.region = arn->region;
    out.account = arn->account;
  }
  out.is_elsewhere = out.region != call.region;
  if (!out.is_elsewhere && out.account == call.account) {
    TRY(out.snapshot, find(call, names.kind, in, names.source));
    return out;
  }
  const std::string& asked = in["SourceRegion"].as_string();
  if (!asked.empty() && asked != out.region)
    return combination("SourceRegion " + asked + " is not the region of " + named + ".");
  Status read;
  call.outside([&] {
    read = call.cloud.update("rds", out.account, out.region, [&](Call& there) -> Status {
      TRY(out.snapshot, find(there, names.kind, in, names.source));
      return {};
    });
  });
  CHECK_OK(read);
  bool is_shared = out.account == call.account;
  for (const Value& with : out.snapshot["_SharedWith"].items())
    is_shared = is_shared || with.as_string() == call.account || with.as_string() == "all";
  if (!is_shared)
    return aws_error(names.missing_code, std::string(names.what) + " " + named + " not found.",
                     404);
  if (out.account != call.account && out.is_elsewhere && out.snapshot[names.encrypted].as_bool())
    return combination("A shared and encrypted snapshot can't be copied to another region.");
  return out;
}

Status check_quota(Call& call, const CopyNames& names) {
  size_t copying = 0;
  for (const auto& [id, snapshot] : call.all(names.kind.resource.table))
    if (snapshot["Status"].as_string() == "copying") ++copying;
  if (copying < copies_at_once) return {};
  return aws_error("SnapshotQuotaExceeded", "There are already " + std::to_string(copying) +
                                                " snapshot copies in progress in this region.");
}

// An encrypted copy of another region needs a key there; one without may get one.
Result<std::string> key_of_copy(Call& call, const Value& in, const Source& source,
                                const CopyNames& names) {
  bool is_encrypted = source.snapshot[names.encrypted].as_bool();
  // "If you copy an unencrypted DB cluster snapshot and specify a value for the KmsKeyId parameter,
  // an error is returned." (CopyDBClusterSnapshot)
  if (&names.kind == &cluster_snapshot_kind && in.has("KmsKeyId") && !is_encrypted)
    return combination("KmsKeyId can't be specified for an unencrypted DB cluster snapshot.");
  if (in.has("KmsKeyId")) return key_arn(call, in["KmsKeyId"]);
  if (!is_encrypted) return std::string();
  if (source.is_elsewhere || source.account != call.account)
    return combination("You must specify a KMS key identifier for encrypted snapshot copies.");
  return source.snapshot["KmsKeyId"].as_string();
}

// What both copies have of their source, but for what is its own.
Result<Value> new_copy(Call& call, const Value& in, const CopyNames& names) {
  TRY(Source source, source_of(call, in, names));
  TRY(std::string id, new_identifier(call, names.kind, in, names.target));
  if (source.snapshot["Status"].as_string() != "available")
    return aws_error(names.state_code, "The snapshot " +
                                           source.snapshot[names.kind.id].as_string() +
                                           " is not in the available state.");
  CHECK_OK(check_quota(call, names));
  TRY(std::string key, key_of_copy(call, in, source, names));
  Value copy = source.snapshot;
  for (const char* member : {"_SharedWith", "_Turn", "_Source", "_Database", "_From", "KmsKeyId"})
    copy.erase(member);
  copy.set(names.kind.id, id)
      .set(names.kind.arn, arn_of(call, names.kind, id))
      .set("SnapshotType", "manual")
      .set("SnapshotCreateTime", call.now)
      .set("PercentProgress", 0)
      .set(names.source_arn, source.snapshot[names.kind.arn])
      .set(names.encrypted, !key.empty());
  if (!key.empty()) copy.set("KmsKeyId", key);
  CHECK_OK(tag_new(call, copy, in));
  if (in["Tags"].empty() && in["CopyTags"].as_bool()) copy.set("_Tags", source.snapshot["_Tags"]);
  if (&names.kind != &snapshot_kind) return copy;
  copy.set("_ResourceId", "snap-" + call.random.alphanumeric(20));
  if (source.is_elsewhere)
    copy.set("SourceRegion", source.region).set("AvailabilityZone", call.region + "a");
  if (in.has("OptionGroupName")) copy.set("OptionGroupName", in["OptionGroupName"]);
  if (source.snapshot.has("_Database"))
    copy.set("_Database", database_id(call, copy)).set("_From", source.snapshot["_Database"]);
  return copy;
}

}  // namespace

Result<Value> copy_snapshot(Call& call, const Value& in) {
  TRY(Value copy, new_copy(call, in, copy_of_instance));
  begin(call, snapshot_kind, copy, "copying");
  return answer("DBSnapshot", copy);
}

Result<Value> copy_cluster_snapshot(Call& call, const Value& in) {
  TRY(Value copy, new_copy(call, in, copy_of_cluster));
  begin(call, cluster_snapshot_kind, copy, "copying");
  return answer("DBClusterSnapshot", copy);
}

}  // namespace mainstay::rds
