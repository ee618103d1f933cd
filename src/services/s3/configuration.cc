#include <algorithm>

#include "services/s3/bucket.hh"
#include "services/s3/encryption.hh"
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

template <const Configuration& c>
Result<Value> put(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  put_bucket(call, bucket.set(c.member, in[c.input]));
  return Value::map({});
}

template <const Configuration& c>
Result<Value> get(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  if (!bucket.has(c.member)) {
    if (!c.code) return Value::map({});
    return aws_error(c.code, c.message, 404);
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

Result<Value> put_tagging(Call& call, const Value& in) {
  TRY(Value bucket, get_bucket(call, in));
  CHECK_OK(check_tags(in["Tagging"]["TagSet"]));
  put_bucket(call, bucket.set("_TagSet", in["Tagging"]["TagSet"]));
  return Value::map({});
}

Error invalid_cors(std::string message) {
  return aws_error("InvalidRequest", std::move(message));
}

Status check_cors_rule(const Value& rule) {
  for (const Value& method : rule["AllowedMethods"].items()) {
    const std::string& name = method.as_string();
    if (name != "GET" && name != "PUT" && name != "POST" && name != "DELETE" && name != "HEAD")
      return invalid_cors("Found unsupported HTTP method in CORS config. Unsupported method is " +
                          name);
  }
  struct {
    const char *member, *word;
  } patterns[] = {{"AllowedOrigins", "AllowedOrigin"}, {"AllowedHeaders", "AllowedHeader"}};
  for (const auto& [member, word] : patterns)
    for (const Value& pattern : rule[member].items())
      if (std::ranges::count(pattern.as_string(), '*') > 1)
        return invalid_cors(std::string(word) + " \"" + pattern.as_string() +
                            "\" can not have more than one wildcard.");
  for (const Value& name : rule["ExposeHeaders"].items())
    if (name.as_string().contains('*'))
      return invalid_cors("ExposeHeader \"" + name.as_string() +
                          "\" contains wildcard. We currently do not support wildcard for "
                          "ExposeHeader.");
  return {};
}

// A browser's requests are then judged by them (cloud/web_guard.hh). At most a hundred rules ("CORS
// configuration", S3 user guide).
Result<Value> put_cors(Call& call, const Value& in) {
  constexpr size_t rules_max = 100;
  const List& rules = in["CORSConfiguration"]["CORSRules"].items();
  if (rules.size() > rules_max)
    return invalid_cors("The number of CORS rules should not exceed allowed limit of 100 rules.");
  for (const Value& rule : rules) CHECK_OK(check_cors_rule(rule));
  return put<cors>(call, in);
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
  return {writes("PutBucketCors", put_cors),
          reads("GetBucketCors", get<cors>),
          writes("DeleteBucketCors", remove<cors>),
          writes("PutBucketLifecycleConfiguration", put<lifecycle>),
          reads("GetBucketLifecycleConfiguration", get<lifecycle>),
          writes("DeleteBucketLifecycle", remove<lifecycle>),
          writes("PutBucketWebsite", put<website>),
          reads("GetBucketWebsite", get<website>),
          writes("DeleteBucketWebsite", remove<website>),
          writes("PutBucketReplication", put<replication>),
          reads("GetBucketReplication", get<replication>),
          writes("DeleteBucketReplication", remove<replication>),
          writes("PutBucketEncryption", put_encryption),
          reads("GetBucketEncryption", get_encryption),
          writes("DeleteBucketEncryption", remove<encryption>),
          writes("PutBucketOwnershipControls", put<ownership>),
          reads("GetBucketOwnershipControls", get<ownership>),
          writes("DeleteBucketOwnershipControls", remove<ownership>),
          writes("PutPublicAccessBlock", put<public_access>),
          reads("GetPublicAccessBlock", get<public_access>),
          writes("DeletePublicAccessBlock", remove<public_access>),
          writes("PutBucketNotificationConfiguration", put_notification),
          reads("GetBucketNotificationConfiguration", get<notification>),
          writes("PutBucketLogging", put<logging>),
          reads("GetBucketLogging", get<logging>),
          writes("PutBucketAccelerateConfiguration", put<accelerate>),
          reads("GetBucketAccelerateConfiguration", get<accelerate>),
          writes("PutBucketRequestPayment", put<payment>),
          reads("GetBucketRequestPayment", get_payment),
          writes("PutObjectLockConfiguration", put_object_lock_configuration),
          reads("GetObjectLockConfiguration", get<object_lock>),
          writes("PutBucketTagging", put_tagging),
          reads("GetBucketTagging", get<tagging>),
          writes("DeleteBucketTagging", remove<tagging>)};
}

}  // namespace mainstay::s3
