#include "base/text.hh"
#include "cloud/cloud.hh"

#include "services/s3/bucket.hh"
#include "services/s3/configuration_check.hh"
#include "services/s3/encryption.hh"
#include "services/s3/lifecycle.hh"
#include "services/s3/notification.hh"

// Bucket configurations that are put, got and deleted as one document: a row each.
namespace mainstay::s3 {
namespace {

struct Configuration {
  const char* member;  // of the bucket's document, with "_" before: "_CORSConfiguration"
  const char* input;   // Put's input member that holds it
  const char* output;  // Get's output member that holds it; "" where the answer is the document
  const char* code;    // Get's error where there is none; nullptr: an empty answer
  const char* message;
};

constexpr Configuration cors{"_CORS", "CORSConfiguration", "", "NoSuchCORSConfiguration",
                             "The CORS configuration does not exist"};
constexpr Configuration lifecycle{"_Lifecycle", "LifecycleConfiguration", "",
                                  "NoSuchLifecycleConfiguration",
                                  "The lifecycle configuration does not exist"};
constexpr Configuration website{"_Website", "WebsiteConfiguration", "",
                                "NoSuchWebsiteConfiguration",
                                "The specified bucket does not have a website configuration"};
constexpr Configuration replication{
    "_Replication", "ReplicationConfiguration", "ReplicationConfiguration",
    "ReplicationConfigurationNotFoundError", "The replication configuration was not found"};
constexpr Configuration encryption{"_Encryption", "ServerSideEncryptionConfiguration",
                                   "ServerSideEncryptionConfiguration", nullptr, nullptr};
constexpr Configuration ownership{"_OwnershipControls", "OwnershipControls", "OwnershipControls",
                                  "OwnershipControlsNotFoundError",
                                  "The bucket ownership controls were not found"};
constexpr Configuration public_access{
    "_PublicAccessBlockConfiguration", "PublicAccessBlockConfiguration",
    "PublicAccessBlockConfiguration", "NoSuchPublicAccessBlockConfiguration",
    "The public access block configuration was not found"};
constexpr Configuration notification{"_Notification", "NotificationConfiguration", "", nullptr,
                                     nullptr};
constexpr Configuration logging{"_Logging", "BucketLoggingStatus", "", nullptr, nullptr};
constexpr Configuration accelerate{"_Accelerate", "AccelerateConfiguration", "", nullptr, nullptr};
constexpr Configuration payment{"_Payment", "RequestPaymentConfiguration", "", nullptr, nullptr};
constexpr Configuration object_lock{"_ObjectLockConfiguration", "ObjectLockConfiguration",
                                    "ObjectLockConfiguration",
                                    "ObjectLockConfigurationNotFoundError",
                                    "Object Lock configuration does not exist for this bucket"};
constexpr Configuration tagging{"_TagSet", "Tagging", "TagSet", "NoSuchTagSet",
                                "The TagSet does not exist"};

using Check = Status (*)(const Value& in);
Status nothing_to_check(const Value&) {
  return {};
}

template <const Configuration& c, Check check = nothing_to_check>
Result<Value> put(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  CHECK_OK(check(in));
  put_bucket(call, bucket.set(c.member, in[c.input]));
  return Value::map({});
}

template <const Configuration& c>
Result<Value> get(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  if (!bucket.has(c.member)) {
    if (!c.code) return Value::map({});
    Error error = aws_error(c.code, c.message, 404);
    error.fields = std::make_shared<const Value>(Value::map({{"BucketName", bucket["Name"]}}));
    return error;
  }
  if (std::string_view(c.output).empty()) return bucket[c.member];
  return Value::map({{c.output, bucket[c.member]}});
}

template <const Configuration& c>
Result<Value> remove(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  bucket.erase(c.member);
  put_bucket(call, bucket);
  return Value::map({});
}

// What is not said is false.
Result<Value> put_public_access(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  Value block = in["PublicAccessBlockConfiguration"];
  for (const char* member :
       {"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"})
    if (!block.has(member)) block.set(member, false);
  put_bucket(call, bucket.set(public_access.member, std::move(block)));
  return Value::map({});
}

Result<Value> put_tagging(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  const Value& tags = in["Tagging"]["TagSet"];
  CHECK_OK(check_bucket_tags(call, tags));
  bucket.erase("_TagSet");
  if (!tags.empty()) bucket.set("_TagSet", tags);
  put_bucket(call, bucket);
  return Value::map({{":status", 204}});
}

// Without a configuration of its own a bucket encrypts with SSE-S3 ("Setting default server-side
// encryption behavior").
Result<Value> get_encryption(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  if (bucket.has("_Encryption")) return get<encryption>(call, in);
  Value rule =
      Value::map({{"ApplyServerSideEncryptionByDefault", Value::map({{"SSEAlgorithm", "AES256"}})},
                  {"BucketKeyEnabled", false}});
  return Value::map(
      {{"ServerSideEncryptionConfiguration", Value::map({{"Rules", Value::list({rule})}})}});
}

// What is under neither rule of its own is told with the default ("Transitioning objects").
Result<Value> put_lifecycle(Call& call, const Value& in) {
  CHECK_OK(put<lifecycle, check_lifecycle>(call, in));
  TRY(Value bucket, get_bucket(call, in));
  Value kept = bucket["_Lifecycle"];
  Value rules = Value::list();
  for (Value rule : kept["Rules"].items()) {
    if (rule["ID"].as_string().empty()) rule.set("ID", base64_encode(call.random.uuid()));
    rules.push_back(std::move(rule));
  }
  const Value& size = in["TransitionDefaultMinimumObjectSize"];
  kept.set("Rules", std::move(rules))
      .set("TransitionDefaultMinimumObjectSize",
           size.is_null() ? Value("all_storage_classes_128K") : size);
  Value out = Value::map(
      {{"TransitionDefaultMinimumObjectSize", kept["TransitionDefaultMinimumObjectSize"]}});
  put_bucket(call, bucket.set("_Lifecycle", std::move(kept)));
  watch_lifecycle(call, bucket);
  return out;
}

Result<Value> get_lifecycle(Call& call, const Value& in) {
  TRY(Value out, get<lifecycle>(call, in));
  if (!out.has("TransitionDefaultMinimumObjectSize"))
    out.set("TransitionDefaultMinimumObjectSize", "all_storage_classes_128K");
  return out;
}

// Another bucket as S3 itself sees it: its region, and whether it is of that account.
struct OtherBucket {
  bool exists = false, is_own = false, is_versioned = false;
  std::string region;
};
OtherBucket look_at(Call& call, const std::string& name, const std::string& account) {
  OtherBucket out;
  auto ask = [&](const char* operation, Value in) {
    return call.cloud.invoke(cloud::Caller::service_principal(account, "s3.amazonaws.com"), account,
                             call.region, "s3", operation, std::move(in));
  };
  auto head = ask("HeadBucket", Value::map({{"Bucket", name}}));
  out.exists = head.has_value();
  if (!out.exists) return out;
  out.region = (*head)["BucketRegion"].as_string();
  out.is_own = ask("HeadBucket", Value::map({{"Bucket", name}, {"ExpectedBucketOwner", account}}))
                   .has_value();
  auto versioning = ask("GetBucketVersioning", Value::map({{"Bucket", name}}));
  out.is_versioned = versioning.has_value() && (*versioning)["Status"].as_string() == "Enabled";
  return out;
}

Error with_fields(Error error, Value fields) {
  error.fields = std::make_shared<const Value>(std::move(fields));
  return error;
}

Status check_log_target(Call& call, const Value& bucket, const std::string& name) {
  OtherBucket target;
  call.outside([&] { target = look_at(call, name, bucket["_account"].as_string()); });
  auto invalid = [&](const char* message) {
    return with_fields(aws_error("InvalidTargetBucketForLogging", message),
                       Value::map({{"TargetBucket", name}}));
  };
  if (!target.exists) return invalid("The target bucket for logging does not exist");
  if (!target.is_own)
    return invalid("The owner for the bucket to be logged and the target bucket must be the same.");
  const std::string& region = bucket["BucketRegion"].as_string();
  if (target.region == region) return {};
  Value fields = Value::map({{"TargetBucketLocation", target.region}});
  if (region != "us-east-1") fields.set("SourceBucketLocation", region);
  return with_fields(
      aws_error("CrossLocationLoggingProhibitted", "Cross S3 location logging not allowed. ", 403),
      std::move(fields));
}

Result<Value> put_logging(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  CHECK_OK(check_logging(in));
  const Value& enabled = in["BucketLoggingStatus"]["LoggingEnabled"];
  if (!enabled.is_null())
    CHECK_OK(check_log_target(call, bucket, enabled["TargetBucket"].as_string()));
  return put<logging>(call, in);
}

Result<Value> put_replication(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  if (!versioning_enabled(bucket))
    return aws_error("InvalidRequest",
                     "Versioning must be 'Enabled' on the bucket to apply a replication "
                     "configuration");
  CHECK_OK(check_replication(in));
  for (const Value& rule : in["ReplicationConfiguration"]["Rules"].items()) {
    std::string name = rule["Destination"]["Bucket"].as_string();
    name = name.substr(name.rfind(':') + 1);
    OtherBucket target;
    call.outside([&] { target = look_at(call, name, bucket["_account"].as_string()); });
    if (!target.exists) return aws_error("InvalidRequest", "Destination bucket must exist.");
    if (!target.is_versioned)
      return aws_error("InvalidRequest", "Destination bucket must have versioning enabled.");
  }
  return put<replication>(call, in);
}

Result<Value> get_payment(Call& call, const Value& in) {
  TRY(Value out, get<payment>(call, in));
  return out.has("Payer") ? out : Value::map({{"Payer", "BucketOwner"}});
}

}  // namespace

std::optional<Value> cors_rules(const store::Unit& unit, std::string_view bucket) {
  const Value* found = unit.find("bucket", bucket);
  if (!found) return std::nullopt;
  const Value& rules = (*found)["_CORS"]["CORSRules"];
  return rules.is_list() ? rules : Value::list();
}

std::vector<cloud::Operation> configuration_operations() {
  using cloud::reads, cloud::writes;
  return {writes("PutBucketCors", put<cors, check_cors>),
          reads("GetBucketCors", get<cors>),
          writes("DeleteBucketCors", remove<cors>),
          writes("PutBucketLifecycleConfiguration", put_lifecycle),
          reads("GetBucketLifecycleConfiguration", get_lifecycle),
          writes("DeleteBucketLifecycle", remove<lifecycle>),
          writes("PutBucketWebsite", put<website, check_website>),
          reads("GetBucketWebsite", get<website>),
          writes("DeleteBucketWebsite", remove<website>),
          writes("PutBucketReplication", put_replication),
          reads("GetBucketReplication", get<replication>),
          writes("DeleteBucketReplication", remove<replication>),
          writes("PutBucketEncryption", put_encryption),
          reads("GetBucketEncryption", get_encryption),
          writes("DeleteBucketEncryption", remove<encryption>),
          writes("PutBucketOwnershipControls", put<ownership, check_ownership>),
          reads("GetBucketOwnershipControls", get<ownership>),
          writes("DeleteBucketOwnershipControls", remove<ownership>),
          writes("PutPublicAccessBlock", put_public_access),
          reads("GetPublicAccessBlock", get<public_access>),
          writes("DeletePublicAccessBlock", remove<public_access>),
          writes("PutBucketNotificationConfiguration", put_notification),
          reads("GetBucketNotificationConfiguration", get<notification>),
          writes("PutBucketLogging", put_logging),
          reads("GetBucketLogging", get<logging>),
          writes("PutBucketAccelerateConfiguration", put<accelerate, check_accelerate>),
          reads("GetBucketAccelerateConfiguration", get<accelerate>),
          writes("PutBucketRequestPayment", put<payment, check_payment>),
          reads("GetBucketRequestPayment", get_payment),
          writes("PutObjectLockConfiguration", put_object_lock_configuration),
          reads("GetObjectLockConfiguration", get<object_lock>),
          writes("PutBucketTagging", put_tagging),
          reads("GetBucketTagging", get<tagging>),
          writes("DeleteBucketTagging", remove<tagging>)};
}

}  // namespace mainstay::s3
