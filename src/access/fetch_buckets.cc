// Buckets and what decides about their objects. Source of the error codes of what is not
// configured: the S3 API reference, "Error responses".
#include <algorithm>
#include <array>

#include "access/fetch.hh"
#include "base/json.hh"

namespace mainstay::access {
namespace {

constexpr int bucket_policy_depth_max = 128;
constexpr std::array absent_codes{"NoSuchBucketPolicy", "OwnershipControlsNotFoundError",
                                  "NoSuchPublicAccessBlockConfiguration",
                                  "ServerSideEncryptionConfigurationNotFoundError"};

PublicAccessBlock block_of(const Value& answer) {
  const Value& block = answer["PublicAccessBlockConfiguration"];
  return {block["BlockPublicAcls"].as_bool(), block["IgnorePublicAcls"].as_bool(),
          block["BlockPublicPolicy"].as_bool(), block["RestrictPublicBuckets"].as_bool()};
}

void take_policy(Bucket& bucket, const Value& answer, Notes& notes) {
  if (answer.is_null()) return;
  auto parsed = parse_json(answer["Policy"].as_string(), bucket_policy_depth_max);
  if (parsed)
    bucket.policy = std::move(*parsed);
  else
    notes.unread("policy of bucket " + bucket.name, parsed.error());
}

// "If ObjectOwnership is not set, the default is ObjectWriter" for buckets made without the setting
// ("Controlling ownership of objects"; new ones get BucketOwnerEnforced explicitly).
void take_ownership(Bucket& bucket, const Value& answer, Notes&) {
  const std::string& rule =
      answer["OwnershipControls"]["Rules"].at(0)["ObjectOwnership"].as_string();
  bucket.ownership = rule.empty() ? "ObjectWriter" : rule;
}

void take_acl(Bucket& bucket, const Value& answer, Notes&) {
  for (const Value& grant : answer["Grants"].items()) {
    const Value& grantee = grant["Grantee"];
    const std::string& id = grantee["ID"].as_string();
    bucket.acl.push_back(
        {id.empty() ? grantee["URI"].as_string() : id, grant["Permission"].as_string()});
  }
}

void take_block(Bucket& bucket, const Value& answer, Notes&) {
  bucket.public_access_block = block_of(answer);
}

void take_encryption(Bucket& bucket, const Value& answer, Notes&) {
  const Value& rule = answer["ServerSideEncryptionConfiguration"]["Rules"].at(
      0)["ApplyServerSideEncryptionByDefault"];
  if (rule.is_null()) return;
  bucket.encryption = rule["SSEAlgorithm"].as_string();
  bucket.key = rule["KMSMasterKeyID"].as_string();
}

struct BucketPart {
  const char* operation;
  const char* noun;
  void (*take)(Bucket&, const Value& answer, Notes&);  // a null answer: not configured
};
constexpr BucketPart bucket_parts[] = {{"GetBucketPolicy", "policy", take_policy},
                                       {"GetBucketOwnershipControls", "ownership", take_ownership},
                                       {"GetBucketAcl", "ACL", take_acl},
                                       {"GetPublicAccessBlock", "public access block", take_block},
                                       {"GetBucketEncryption", "encryption", take_encryption}};

std::string region_of(aws::Client& client, const Value& listed) {
  if (listed.has("BucketRegion")) return listed["BucketRegion"].as_string();
  auto answer = client.call("s3", "GetBucketLocation", Value::map({{"Bucket", listed["Name"]}}));
  if (!answer) return client.region();
  const std::string& location = (*answer)["LocationConstraint"].as_string();
  if (location == "EU") return "eu-west-1";  // as old buckets have it
  return location.empty() ? "us-east-1" : location;
}

Bucket bucket_of(aws::Client& client, const Value& listed, Notes& notes) {
  Bucket bucket;
  bucket.name = listed["Name"].as_string();
  bucket.region = region_of(client, listed);
  for (const BucketPart& part : bucket_parts) {
    auto answer =
        client.call("s3", part.operation, Value::map({{"Bucket", bucket.name}}), bucket.region);
    bool absent =
        !answer && std::ranges::find(absent_codes, answer.error().code) != absent_codes.end();
    if (answer || absent)
      part.take(bucket, answer ? *answer : Value(), notes);
    else
      notes.unread(std::string(part.noun) + " of bucket " + bucket.name, answer.error());
  }
  return bucket;
}

}  // namespace

void fetch_buckets(aws::Client& client, Account& account, Notes& notes) {
  auto listed = client.list(
      "s3", {"ListBuckets", "Buckets", "ContinuationToken", "ContinuationToken"}, Value::map());
  if (!listed) return notes.unread("buckets of account " + account.id, listed.error());
  auto owner = client.call("s3", "ListBuckets", Value::map({{"MaxBuckets", 1}}));
  if (owner) account.canonical_id = (*owner)["Owner"]["ID"].as_string();
  for (const Value& one : *listed) account.buckets.push_back(bucket_of(client, one, notes));
  // Source: S3 Control's GetPublicAccessBlock; an endpoint without it has no such block.
  auto block =
      client.call("s3control", "GetPublicAccessBlock", Value::map({{"AccountId", account.id}}));
  if (block) account.public_access_block = block_of(*block);
}

}  // namespace mainstay::access
