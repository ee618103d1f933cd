// CopyDBSnapshot: within a region, and from another one. Source: "Copying a DB snapshot", RDS user
// guide: the call goes to the destination; the source of another region is an ARN; an encrypted one
// needs a key of the destination.
#include "cloud/cloud.hh"
#include "services/rds/handlers.hh"
#include "services/rds/host.hh"
#include "services/rds/instance.hh"
#include "services/rds/machine.hh"
#include "wire/arn.hh"

namespace mainstay::rds {
namespace {

constexpr size_t copies_at_once = 20;  // to a region of an account

struct Source {
  Value snapshot;
  std::string region, account;
  bool is_elsewhere = false;
};

// In this region by name or ARN; elsewhere by ARN, read as its owner's service would.
Result<Source> source_of(Call& call, const Value& in) {
  const std::string& named = in["SourceDBSnapshotIdentifier"].as_string();
  Source out{{}, call.region, call.account};
  auto arn = wire::parse_arn(named);
  if (arn.has_value()) {
    out.region = arn->region;
    out.account = arn->account;
  }
  out.is_elsewhere = out.region != call.region;
  if (!out.is_elsewhere && out.account == call.account) {
    TRY(out.snapshot, find(call, snapshot_kind, in, "SourceDBSnapshotIdentifier"));
    return out;
  }
  const std::string& asked = in["SourceRegion"].as_string();
  if (!asked.empty() && asked != out.region)
    return combination("SourceRegion " + asked + " is not the region of " + named + ".");
  Status read;
  call.outside([&] {
    read = call.cloud.update("rds", out.account, out.region, [&](Call& there) -> Status {
      TRY(out.snapshot, find(there, snapshot_kind, in, "SourceDBSnapshotIdentifier"));
      return {};
    });
  });
  CHECK_OK(read);
  bool is_shared = out.account == call.account;
  for (const Value& with : out.snapshot["_SharedWith"].items())
    is_shared = is_shared || with.as_string() == call.account || with.as_string() == "all";
  if (!is_shared)
    return aws_error("DBSnapshotNotFound", "DBSnapshot " + named + " not found.", 404);
  if (out.account != call.account && out.is_elsewhere && out.snapshot["Encrypted"].as_bool())
    return combination("A shared and encrypted snapshot can't be copied to another region.");
  return out;
}

Status check_quota(Call& call) {
  size_t copying = 0;
  for (const auto& [id, snapshot] : call.all("snapshot"))
    if (snapshot["Status"].as_string() == "copying") ++copying;
  if (copying < copies_at_once) return {};
  return aws_error("SnapshotQuotaExceeded", "There are already " + std::to_string(copying) +
                                                " snapshot copies in progress in this region.");
}

// An encrypted copy of another region needs a key there; one without may get one.
Result<std::string> key_of_copy(Call& call, const Value& in, const Source& source) {
  bool is_encrypted = source.snapshot["Encrypted"].as_bool();
  if (in.has("KmsKeyId")) return key_arn(call, in["KmsKeyId"]);
  if (!is_encrypted) return std::string();
  if (source.is_elsewhere || source.account != call.account)
    return combination("You must specify a KMS key identifier for encrypted snapshot copies.");
  return source.snapshot["KmsKeyId"].as_string();
}

}  // namespace

Result<Value> copy_snapshot(Call& call, const Value& in) {
  TRY(Source source, source_of(call, in));
  TRY(std::string id, new_identifier(call, snapshot_kind, in, "TargetDBSnapshotIdentifier"));
  if (source.snapshot["Status"].as_string() != "available")
    return aws_error("InvalidDBSnapshotState",
                     "The snapshot " + source.snapshot["DBSnapshotIdentifier"].as_string() +
                         " is not in the available state.");
  CHECK_OK(check_quota(call));
  TRY(std::string key, key_of_copy(call, in, source));
  Value copy = source.snapshot;
  for (const char* member : {"_SharedWith", "_Turn", "_Source", "_Database", "_From", "KmsKeyId"})
    copy.erase(member);
  copy.set("DBSnapshotIdentifier", id)
      .set("DBSnapshotArn", arn_of(call, snapshot_kind, id))
      .set("SnapshotType", "manual")
      .set("SnapshotCreateTime", call.now)
      .set("PercentProgress", 0)
      .set("SourceDBSnapshotIdentifier", source.snapshot["DBSnapshotArn"])
      .set("Encrypted", !key.empty())
      .set("_ResourceId", "snap-" + call.random.alphanumeric(20));
  if (!key.empty()) copy.set("KmsKeyId", key);
  if (source.is_elsewhere)
    copy.set("SourceRegion", source.region).set("AvailabilityZone", call.region + "a");
  if (in.has("OptionGroupName")) copy.set("OptionGroupName", in["OptionGroupName"]);
  CHECK_OK(tag_new(call, copy, in));
  if (in["Tags"].empty() && in["CopyTags"].as_bool()) copy.set("_Tags", source.snapshot["_Tags"]);
  if (source.snapshot.has("_Database"))
    copy.set("_Database", database_id(call, copy)).set("_From", source.snapshot["_Database"]);
  begin(call, snapshot_kind, copy, "copying");
  return answer("DBSnapshot", copy);
}

}  // namespace mainstay::rds
