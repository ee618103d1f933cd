#include "services/s3/bucket.hh"

#include <algorithm>

#include "base/digest.hh"
#include "base/text.hh"
#include "cloud/paging.hh"
#include "services/s3/notification_target.hh"

namespace mainstay::s3 {
namespace {

// "Bucket naming rules" of the user guide.
bool valid_name(std::string_view name) {
  auto letter_or_digit = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (name.size() < 3 || name.size() > 63 || !letter_or_digit(name.front()) ||
      !letter_or_digit(name.back()))
    return false;
  if (!std::all_of(name.begin(), name.end(),
                   [&](char c) { return letter_or_digit(c) || c == '-' || c == '.'; }))
    return false;
  if (name.find("..") != std::string_view::npos || name.starts_with("xn--") ||
      name.ends_with("-s3alias"))
    return false;
  auto parts = split(name, ".");
  bool address = parts.size() == 4 &&
                 std::all_of(parts.begin(), parts.end(),
                             [](const std::string& p) { return parse_int(p).has_value(); });
  return !address;
}

Result<std::string> chosen_region(const Call& call, const Value& in) {
  const Value& constraint = in["CreateBucketConfiguration"]["LocationConstraint"];
  if (constraint.is_null()) {
    if (call.region == "us-east-1") return call.region;
    return aws_error("IllegalLocationConstraintException",
                     "The unspecified location constraint is incompatible for the region specific "
                     "endpoint this request was sent to.");
  }
  std::string region = constraint.as_string() == "EU" ? "eu-west-1" : constraint.as_string();
  if (region == "us-east-1")
    return aws_error("InvalidLocationConstraint", "The specified location-constraint is not valid");
  if (call.region != "us-east-1" && region != call.region)
    return aws_error("IllegalLocationConstraintException",
                     "The " + region +
                         " location constraint is incompatible for the region specific "
                         "endpoint this request was sent to.");
  return region;
}

bool has_any(Call& call, std::string_view table, const std::string& bucket) {
  std::string prefix = bucket + '\0';
  auto it = call.all(table).lower_bound(prefix);
  return it != call.all(table).end() && it->first.starts_with(prefix);
}

}  // namespace

Error no_such_bucket(const std::string& name) {
  Error error = aws_error("NoSuchBucket", "The specified bucket does not exist", 404);
  error.fields = std::make_shared<const Value>(Value::map({{"BucketName", name}}));
  return error;
}

Error no_such_key(const std::string& key) {
  Error error = aws_error("NoSuchKey", "The specified key does not exist.", 404);
  error.fields = std::make_shared<const Value>(Value::map({{"Key", key}}));
  return error;
}

Error access_denied() {
  return aws_error("AccessDenied", "Access Denied", 403);
}

Error malformed_xml() {
  return aws_error("MalformedXML",
                   "The XML you provided was not well-formed or did not validate against our "
                   "published schema");
}

Error not_implemented_header(const char* header, const char* why) {
  Error error = aws_error(
      "NotImplemented", "A header you provided implies functionality that is not implemented", 501);
  Value fields = Value::map({{"Header", header}});
  if (why) fields.set("additionalMessage", why);
  error.fields = std::make_shared<const Value>(std::move(fields));
  return error;
}

Error invalid_argument(std::string message, std::string name, std::string value) {
  Error error = aws_error("InvalidArgument", std::move(message));
  if (!name.empty())
    error.fields = std::make_shared<const Value>(
        Value::map({{"ArgumentName", name}, {"ArgumentValue", value}}));
  return error;
}

std::string canonical_id(std::string_view account) {
  return hex_encode(sha256("canonical-user:" + std::string(account)));
}

Value owner_of(std::string_view account) {
  return Value::map({{"ID", canonical_id(account)}});
}

Result<Value> get_bucket(Call& call, const Value& in) {
  const std::string& name = in["Bucket"].as_string();
  const Value* bucket = find_bucket(call, name);
  if (!bucket) return no_such_bucket(name);
  if (const Value& owner = in["ExpectedBucketOwner"]; !owner.is_null()) {
    if (!is_account_id(owner.as_string()))
      return aws_error(
          "InvalidBucketOwnerAWSAccountID",
          "The value of the expected bucket owner parameter must be an AWS Account ID... [" +
              owner.as_string() + "]");
    if (owner != (*bucket)["_account"]) return access_denied();
  }
  return *bucket;
}

void put_bucket(Call& call, const Value& bucket) {
  call.put("bucket", bucket["Name"].as_string(), bucket);
}

bool versioned(const Value& bucket) {
  return bucket.has("_versioning");
}

bool versioning_enabled(const Value& bucket) {
  return bucket["_versioning"]["Status"].as_string() == "Enabled";
}

namespace {

Error with_bucket_name(Error error, const std::string& name) {
  error.fields = std::make_shared<const Value>(Value::map({{"BucketName", name}}));
  return error;
}

Result<std::string> chosen_ownership(const Value& in) {
  if (!in.has("ObjectOwnership")) return std::string("BucketOwnerEnforced");
  const std::string& asked = in["ObjectOwnership"].as_string();
  for (std::string_view known : {"BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"})
    if (asked == known) return asked;
  Error error = aws_error("InvalidArgument", "Invalid x-amz-object-ownership header: " + asked);
  error.fields =
      std::make_shared<const Value>(Value::map({{"ArgumentName", "x-amz-object-ownership"}}));
  return error;
}

Value created(const Call& call, const Value& bucket) {
  const std::string& name = bucket["Name"].as_string();
  return Value::map(
      {{"Location",
        call.region == "us-east-1" ? "/" + name : "http://" + name + ".s3.amazonaws.com/"},
       {"BucketArn", arn_of_bucket(bucket)}});
}

// Words that CreateBucket has of its own (recorded).
Status check_new_tags(const Value& tags) {
  for (const Value& tag : tags.items())
    if (tag["Key"].as_string().starts_with("aws:"))
      return aws_error("InvalidTag",
                       "User-defined tag keys can't start with \"aws:\". This prefix is reserved "
                       "for system tags. Remove \"aws:\" from your tag keys and try again.");
  return {};
}

// In us-east-1 asking again for one's own bucket is answered as if it were new, unless tags are
// asked for (recorded).
Result<Value> create_again(Call& call, const Value& existing, const std::string& region,
                           const Value& in) {
  const std::string& name = existing["Name"].as_string();
  if (existing["_account"].as_string() != call.account)
    return with_bucket_name(
        aws_error(
            "BucketAlreadyExists",
            "The requested bucket name is not available. The bucket namespace is shared by all "
            "users of the system. Please select a different name and try again.",
            409),
        name);
  bool is_easy = region == "us-east-1" && existing["BucketRegion"].as_string() == "us-east-1";
  if (is_easy && in["CreateBucketConfiguration"]["Tags"].empty()) return created(call, existing);
  return with_bucket_name(
      aws_error(
          "BucketAlreadyOwnedByYou",
          "Your previous request to create the named bucket succeeded and you already own it.",
          409),
      name);
}

}  // namespace

Result<Value> create_bucket(Call& call, const Value& in) {
  const std::string& name = in["Bucket"].as_string();
  if (!valid_name(name))
    return with_bucket_name(aws_error("InvalidBucketName", "The specified bucket is not valid."),
                            name);
  TRY(std::string region, chosen_region(call, in));
  const Value& tags = in["CreateBucketConfiguration"]["Tags"];
  if (!call.caller.may_use_reserved_tags()) CHECK_OK(check_new_tags(tags));
  CHECK_OK(check_bucket_tags(call, tags));
  if (const Value* existing = call.find("bucket", name))
    return create_again(call, *existing, region, in);
  TRY(std::string ownership, chosen_ownership(in));
  Value bucket = Value::map(
      {{"Name", name},
       {"CreationDate", Time{call.now.ms / 1000 * 1000}},
       {"BucketRegion", region},
       {"_account", call.account},
       {"_OwnershipControls",
        Value::map({{"Rules", Value::list({Value::map({{"ObjectOwnership", ownership}})})}})},
       {"_PublicAccessBlockConfiguration", Value::map({{"BlockPublicAcls", true},
                                                       {"IgnorePublicAcls", true},
                                                       {"BlockPublicPolicy", true},
                                                       {"RestrictPublicBuckets", true}})}});
  if (in["ObjectLockEnabledForBucket"].as_bool()) {
    bucket.set("_ObjectLockConfiguration", Value::map({{"ObjectLockEnabled", "Enabled"}}));
    bucket.set("_versioning", Value::map({{"Status", "Enabled"}}));
  }
  CHECK_OK(check_acl_allowed(bucket, in));
  if (!tags.empty()) bucket.set("_TagSet", tags);
  put_bucket(call, bucket);
  return created(call, bucket);
}

Result<Value> delete_bucket(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  const std::string& name = bucket["Name"].as_string();
  if (has_any(call, "object", name) || has_any(call, "version", name)) {
    bool versions = versioned(bucket);
    return with_bucket_name(
        aws_error("BucketNotEmpty",
                  versions ? "The bucket you tried to delete is not empty. You must delete all "
                             "versions in the bucket."
                           : "The bucket you tried to delete is not empty",
                  409),
        name);
  }
  call.remove("bucket", name);
  return Value::map({});
}

Result<Value> head_bucket(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  return Value::map({{"BucketRegion", bucket["BucketRegion"]}, {"AccessPointAlias", false}});
}

Result<Value> list_buckets(Call& call, const Value& in) {
  List buckets;
  for (const Value& bucket : buckets_of_account(call)) {
    const std::string& name = bucket["Name"].as_string();
    if (!name.starts_with(in["Prefix"].as_string())) continue;
    if (in.has("BucketRegion") && in["BucketRegion"] != bucket["BucketRegion"]) continue;
    buckets.push_back(Value::map({{"Name", name},
                                  {"CreationDate", bucket["CreationDate"]},
                                  {"BucketRegion", bucket["BucketRegion"]},
                                  {"BucketArn", arn_of_bucket(bucket)}}));
  }
  constexpr int64_t buckets_max = 10000;
  TRY(cloud::Page page,
      cloud::paginate(
          std::move(buckets), [](const Value& b) { return b["Name"].as_string(); },
          in["ContinuationToken"].as_string(),
          static_cast<size_t>(in["MaxBuckets"].as_int(buckets_max)),
          invalid_argument("The continuation token provided is incorrect")));
  Value out =
      Value::map({{"Buckets", Value(std::move(page.items))}, {"Owner", owner_of(call.account)}});
  if (!page.next.empty()) out.set("ContinuationToken", page.next);
  if (in.has("Prefix")) out.set("Prefix", in["Prefix"]);
  return out;
}

Result<Value> get_bucket_location(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  const std::string& region = bucket["BucketRegion"].as_string();
  // us-east-1 is the empty constraint (GetBucketLocation).
  return Value::map({{"LocationConstraint", region == "us-east-1" ? "" : region}});
}

Result<Value> get_bucket_versioning(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  return bucket["_versioning"].is_map() ? bucket["_versioning"] : Value::map({});
}

Result<Value> put_bucket_versioning(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  const Value& status = in["VersioningConfiguration"]["Status"];
  if (status.as_string() != "Enabled" && status.as_string() != "Suspended") return malformed_xml();
  if (status.as_string() == "Suspended" && bucket.has("_ObjectLockConfiguration"))
    return aws_error("InvalidBucketState",
                     "An Object Lock configuration is present on this bucket, so the versioning "
                     "state cannot be changed.",
                     409);
  put_bucket(call, bucket.set("_versioning", in["VersioningConfiguration"]));
  return Value::map({});
}

}  // namespace mainstay::s3
