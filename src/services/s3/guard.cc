// What guards buckets and objects: the bucket's policy, ownership, access control lists and public
// access block. The rules themselves are in policy/s3.hh.
#include "cloud/authorization.hh"

#include <optional>

#include "actions/input_path.hh"
#include "policy/s3.hh"
#include "services/s3/bucket.hh"

namespace mainstay::s3 {
namespace {

using cloud::Authorization;

struct Place {
  std::string bucket, key;
};

// "arn:aws:s3:::bucket/key", in any partition
Place place_of(std::string_view arn) {
  constexpr std::string_view infix = ":s3:::";
  size_t at = arn.find(infix);
  if (!arn.starts_with("arn:") || at == std::string_view::npos) return {};
  arn.remove_prefix(at + infix.size());
  size_t slash = arn.find('/');
  if (slash == std::string_view::npos) return {std::string(arn), ""};
  return {std::string(arn.substr(0, slash)), std::string(arn.substr(slash + 1))};
}

policy::Acl acl_of(const Value& grants, std::string_view owner) {
  policy::Acl out;
  if (!grants.is_list()) out.push_back({canonical_id(owner), "FULL_CONTROL"});
  for (const Value& grant : grants.items()) {
    const Value& grantee = grant["Grantee"];
    out.push_back(
        {grantee[grantee.has("URI") ? "URI" : "ID"].as_string(), grant["Permission"].as_string()});
  }
  return out;
}

policy::Ownership ownership_of(const Value& bucket) {
  return policy::ownership_from(
      bucket["_OwnershipControls"]["Rules"].at(0)["ObjectOwnership"].as_string());
}

policy::S3Bucket facts_of(const Value& bucket) {
  policy::S3Bucket out;
  out.account = bucket["_account"].as_string();
  out.ownership = ownership_of(bucket);
  out.acl = acl_of(bucket["_Grants"], out.account);
  const Value& block = bucket["_PublicAccessBlockConfiguration"];
  out.ignore_public_acls = block["IgnorePublicAcls"].as_bool();
  out.restrict_public_buckets = block["RestrictPublicBuckets"].as_bool();
  return out;
}

// The object that the ARN means, in the version that the request names; null if there is none.
Value object_at(Call& call, const Value& bucket, const Place& place, const Value& in) {
  if (place.key.empty()) return {};
  Value named = Value::map({{"Bucket", place.bucket}, {"Key", place.key}});
  if (in.has("VersionId") && in["Key"].as_string() == place.key)
    named.set("VersionId", in["VersionId"]);
  auto found = find_object(call, bucket, named);
  return found.has_value() ? *found : Value();
}

// Who owns what the request is about: the bucket's account, or for an object that is there the
// object's where ownership is not enforced.
std::string owner_of_target(Call& call, const Value& in) {
  const Value* bucket = find_bucket(call, in["Bucket"].as_string());
  if (!bucket) return "";
  const std::string& account = (*bucket)["_account"].as_string();
  // Where ownership is enforced the objects need not be looked at, and it mostly is.
  bool of_object = ownership_of(*bucket) != policy::Ownership::bucket_owner_enforced &&
                   (call.operation == "HeadObject" ||
                    policy::is_object_action("s3:" + std::string(call.operation)));
  if (!of_object) return account;
  Value object = object_at(call, *bucket, {in["Bucket"].as_string(), in["Key"].as_string()}, in);
  return object.is_null() ? account : object["_Owner"].as_string();
}

// Names are everyone's: who asks for a bucket asks its own account, whoever has one of that name.
bool makes_bucket(const Call& call) {
  return call.operation == "CreateBucket";
}

// That a key is not there is told to those who may list the bucket; others are refused (S3 API
// reference, GetObject, "Permissions").
Status check_may_know(Authorization authorization, const Value& bucket) {
  authorization.request.action = "s3:ListBucket";
  size_t end = authorization.request.resource.find(":s3:::");
  std::string partition =
      end == std::string::npos ? "arn:aws" : authorization.request.resource.substr(0, end);
  authorization.request.resource = partition + ":s3:::" + bucket["Name"].as_string();
  policy::apply_s3_rules(authorization.request, authorization.policies, facts_of(bucket), nullptr);
  policy::Decision decision = policy::decide(authorization.request, authorization.policies);
  if (decision.allowed()) return {};
  bool anonymous = authorization.request.principal.kind == policy::Principal::Kind::anonymous;
  return aws_error(
      "AccessDenied",
      anonymous ? "Access Denied" : policy::denial_message(authorization.request, decision, true),
      403);
}

// s3:object-lock-remaining-retention-days, of the date that a request asks for.
void add_remaining_days(const Call& call, const Value& in, Authorization& authorization) {
  const Value& until = in.has("ObjectLockRetainUntilDate") ? in["ObjectLockRetainUntilDate"]
                                                           : in["Retention"]["RetainUntilDate"];
  constexpr int64_t day_ms = 86'400'000;
  if (until.is_time())
    authorization.request.context.set("s3:object-lock-remaining-retention-days",
                                      std::to_string((until.as_time() - call.now) / day_ms));
}

}  // namespace

std::string owner_of_bucket(Call& call, const Value& in) {
  if (makes_bucket(call)) return "";
  std::string to = owner_of_target(call, in);
  const std::string& source = in["CopySource"].as_string();
  if (source.empty() || (!to.empty() && to != call.caller.account)) return to;
  auto named = actions::parse_copy_source(source);
  const Value* bucket = named ? find_bucket(call, named->bucket) : nullptr;
  return bucket ? (*bucket)["_account"].as_string() : to;
}

Status guard(Call& call, const Value& in, Authorization& authorization) {
  Place place = place_of(authorization.request.resource);
  const Value* bucket = find_bucket(call, place.bucket);
  authorization.request.principal.canonical_id = canonical_id(call.caller.account);
  if (!bucket || makes_bucket(call)) return {};
  if (bucket->has("_Policy"))
    CHECK_OK(authorization.add(policy::Kind::resource, "bucket policy of " + place.bucket,
                               (*bucket)["_Policy"].as_string()));
  Value document = object_at(call, *bucket, place, in);
  policy::S3Object object;
  if (!document.is_null()) {
    object.account = document["_Owner"].as_string();
    object.acl = acl_of(document["_Grants"], object.account);
    for (const Value& tag : document["_TagSet"].items())
      authorization.request.context.set("s3:ExistingObjectTag/" + tag["Key"].as_string(),
                                        tag["Value"].as_string());
  }
  add_remaining_days(call, in, authorization);
  bool reads = call.operation == "GetObject" || call.operation == "HeadObject";
  std::optional<Authorization> missing;
  if (reads && document.is_null()) missing = authorization;
  policy::apply_s3_rules(authorization.request, authorization.policies, facts_of(*bucket),
                         document.is_null() ? nullptr : &object);
  if (!missing || !policy::decide(authorization.request, authorization.policies).allowed())
    return {};
  return check_may_know(std::move(*missing), *bucket);
}

}  // namespace mainstay::s3
