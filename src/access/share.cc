#include "access/share.hh"

#include <algorithm>
#include <set>

#include "base/text.hh"

namespace mainstay::access {
namespace {

constexpr size_t shared_accounts_max = 100;
constexpr size_t role_name_max = 64;

Value policy_of(Value statements) {
  return Value::map({{"Version", "2012-10-17"}, {"Statement", std::move(statements)}});
}

Value texts_of(std::initializer_list<const char*> items) {
  Value out = Value::list();
  for (const char* item : items) out.push_back(item);
  return out;
}

std::string bucket_arn(const ShareRequest& request) {
  return "arn:aws:s3:::" + request.bucket;
}

// "data-writer"; longer bucket names are cut, for a role's name has 64 characters.
std::string role_name(const ShareRequest& request, const std::string& part) {
  return request.bucket.substr(0, role_name_max - part.size() - 1) + "-" + part;
}

Value root_of(const std::string& account) {
  return Value::map({{"AWS", "arn:aws:iam::" + account + ":root"}});
}

// One statement an account: its root, held to the role.
Value grant_to(const ShareRequest& request, const std::string& account, const std::string& part,
               Value actions, Value resources) {
  std::string sid = part == "writer" ? "Writer" : "Reader";
  Value only = Value::map(
      {{"ArnEquals", Value::map({{"aws:PrincipalArn", "arn:aws:iam::" + account + ":role/" +
                                                          role_name(request, part)}})}});
  return Value::map({{"Sid", sid + account},
                     {"Effect", "Allow"},
                     {"Principal", root_of(account)},
                     {"Action", std::move(actions)},
                     {"Resource", std::move(resources)},
                     {"Condition", std::move(only)}});
}

Value bucket_policy(const ShareRequest& request) {
  Value everything = Value::list({bucket_arn(request), bucket_arn(request) + "/*"});
  Value statements = Value::list();
  if (!request.plain_http)
    statements.push_back(Value::map(
        {{"Sid", "OnlyEncryptedTransport"},
         {"Effect", "Deny"},
         {"Principal", "*"},
         {"Action", "s3:*"},
         {"Resource", everything},
         {"Condition", Value::map({{"Bool", Value::map({{"aws:SecureTransport", "false"}})}})}}));
  for (const std::string& account : request.writers)
    statements.push_back(grant_to(request, account, "writer",
                                  texts_of({"s3:PutObject", "s3:AbortMultipartUpload"}),
                                  bucket_arn(request) + "/*"));
  for (const std::string& account : request.readers)
    statements.push_back(grant_to(request, account, "reader",
                                  texts_of({"s3:GetObject", "s3:ListBucket"}), everything));
  return policy_of(std::move(statements));
}

Value key_policy(const ShareRequest& request) {
  Value statements = Value::list({Value::map({{"Sid", "Owner"},
                                              {"Effect", "Allow"},
                                              {"Principal", root_of(request.owner)},
                                              {"Action", "kms:*"},
                                              {"Resource", "*"}})});
  // Decrypt as well: the parts of a multipart upload are read back.
  auto add = [&](const std::string& account, const std::string& part, Value actions) {
    Value statement = grant_to(request, account, part, std::move(actions), "*");
    statement.member("Condition")
        .set("StringEquals",
             Value::map({{"kms:ViaService", "s3." + request.region + ".amazonaws.com"}}));
    statements.push_back(std::move(statement));
  };
  for (const std::string& account : request.writers)
    add(account, "writer", texts_of({"kms:GenerateDataKey", "kms:Decrypt"}));
  for (const std::string& account : request.readers)
    add(account, "reader", texts_of({"kms:Decrypt"}));
  return policy_of(std::move(statements));
}

Value key_arn() {
  return Value::map({{"Fn::GetAtt", Value::list({"Key", "Arn"})}});
}

Value encryption(const ShareRequest& request) {
  Value by = request.kms ? Value::map({{"SSEAlgorithm", "aws:kms"}, {"KMSMasterKeyID", key_arn()}})
                         : Value::map({{"SSEAlgorithm", "AES256"}});
  Value rule = Value::map({{"ServerSideEncryptionByDefault", std::move(by)}});
  if (request.kms) rule.set("BucketKeyEnabled", true);
  return Value::map({{"ServerSideEncryptionConfiguration", Value::list({std::move(rule)})}});
}

Value bucket_resource(const ShareRequest& request) {
  Value block = Value::map();
  for (const char* name :
       {"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"})
    block.set(name, true);
  Value ownership = Value::map({{"ObjectOwnership", "BucketOwnerEnforced"}});
  return Value::map(
      {{"Type", "AWS::S3::Bucket"},
       {"DeletionPolicy", "Retain"},
       {"UpdateReplacePolicy", "Retain"},
       {"Properties", Value::map({{"BucketName", request.bucket},
                                  {"OwnershipControls",
                                   Value::map({{"Rules", Value::list({std::move(ownership)})}})},
                                  {"PublicAccessBlockConfiguration", std::move(block)},
                                  {"BucketEncryption", encryption(request)}})}});
}

Value template_of(std::string description, Value resources) {
  return Value::map({{"AWSTemplateFormatVersion", "2010-09-09"},
                     {"Description", std::move(description)},
                     {"Resources", std::move(resources)}});
}

SharePart owner_part(const ShareRequest& request) {
  Value resources = Value::map();
  if (request.kms)
    resources.set("Key",
                  Value::map({{"Type", "AWS::KMS::Key"},
                              {"DeletionPolicy", "Retain"},
                              {"UpdateReplacePolicy", "Retain"},
                              {"Properties", Value::map({{"EnableKeyRotation", true},
                                                         {"KeyPolicy", key_policy(request)}})}}));
  resources.set("Bucket", bucket_resource(request));
  resources.set(
      "BucketPolicy",
      Value::map({{"Type", "AWS::S3::BucketPolicy"},
                  {"Properties", Value::map({{"Bucket", Value::map({{"Ref", "Bucket"}})},
                                             {"PolicyDocument", bucket_policy(request)}})}}));
  Value body =
      template_of("Bucket " + request.bucket + ", shared over accounts", std::move(resources));
  if (request.kms)
    body.set("Outputs", Value::map({{"KeyArn", Value::map({{"Value", key_arn()}})}}));
  return {"owner-" + request.owner + ".json", request.owner, std::move(body)};
}

Value identity_policy(const ShareRequest& request, bool writer) {
  std::string objects = bucket_arn(request) + "/*";
  Value statements = Value::list();
  auto allow = [&](Value actions, Value resource) {
    statements.push_back(Value::map(
        {{"Effect", "Allow"}, {"Action", std::move(actions)}, {"Resource", std::move(resource)}}));
  };
  if (writer) {
    allow(texts_of({"s3:PutObject", "s3:AbortMultipartUpload"}), objects);
  } else {
    allow("s3:GetObject", objects);
    allow("s3:ListBucket", bucket_arn(request));
  }
  if (request.kms)
    allow(writer ? texts_of({"kms:GenerateDataKey", "kms:Decrypt"}) : Value("kms:Decrypt"),
          Value::map({{"Ref", "KeyArn"}}));
  return policy_of(std::move(statements));
}

// The role trusts its own account, whose administrators say who may assume it.
SharePart user_part(const ShareRequest& request, const std::string& account, bool writer) {
  std::string part = writer ? "writer" : "reader";
  Value trust = policy_of(Value::list({Value::map(
      {{"Effect", "Allow"}, {"Principal", root_of(account)}, {"Action", "sts:AssumeRole"}})}));
  Value inline_policy = Value::map({{"PolicyName", part + "-of-" + request.bucket},
                                    {"PolicyDocument", identity_policy(request, writer)}});
  Value role =
      Value::map({{"Type", "AWS::IAM::Role"},
                  {"Properties", Value::map({{"RoleName", role_name(request, part)},
                                             {"AssumeRolePolicyDocument", std::move(trust)},
                                             {"Policies", Value::list({inline_policy})}})}});
  Value body = template_of("Role that is a " + part + " of bucket " + request.bucket,
                           Value::map({{"Role", std::move(role)}}));
  if (request.kms)
    body.set(
        "Parameters",
        Value::map({{"KeyArn", Value::map({{"Type", "String"},
                                           {"Description", "KeyArn, of the owner's stack"}})}}));
  return {part + "-" + account + ".json", account, std::move(body)};
}

Status check(const ShareRequest& request) {
  std::vector<std::string> accounts{request.owner};
  accounts.insert(accounts.end(), request.writers.begin(), request.writers.end());
  accounts.insert(accounts.end(), request.readers.begin(), request.readers.end());
  for (const std::string& account : accounts)
    if (!is_account_id(account))
      return Error("UsageInvalid", "\"" + account + "\" is no account: twelve digits are");
  if (accounts.size() > shared_accounts_max)
    return Error("UsageInvalid", "more than " + std::to_string(shared_accounts_max) + " accounts");
  for (const auto* list : {&request.writers, &request.readers})
    if (std::ranges::find(*list, request.owner) != list->end())
      return Error("UsageInvalid", "the owner " + request.owner + " is writer or reader, too")
          .with_hint(
              "its own principals need no bucket policy: their identity policies are enough");
  // "Bucket naming rules".
  const std::string& name = request.bucket;
  bool fine = name.size() >= 3 && name.size() <= 63 &&
              name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") == std::string::npos;
  if (!fine)
    return Error("UsageInvalid", "\"" + name + "\" is no bucket's name")
        .with_hint("3 to 63 lower-case letters, digits, dots and hyphens");
  return {};
}

}  // namespace

bool Share::proved() const {
  return std::ranges::all_of(proofs,
                             [](const ShareProof& one) { return one.expected == one.found; });
}

Result<Share> share(const ShareRequest& request) {
  CHECK_OK(check(request));
  Share out;
  out.parts.push_back(owner_part(request));
  for (const std::string& account : request.writers)
    out.parts.push_back(user_part(request, account, true));
  for (const std::string& account : request.readers)
    out.parts.push_back(user_part(request, account, false));
  CHECK_OK(prove(request, out));
  return out;
}

}  // namespace mainstay::access
