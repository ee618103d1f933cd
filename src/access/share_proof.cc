// Proves a share: the documents of its templates are taken into a snapshot, with an administrator
// beside each role, a stranger's account and nobody at all; then every pair is decided.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "access/share.hh"

namespace mainstay::access {
namespace {

// The intrinsics that the templates use, by what they will be.
Value resolved(const Value& v, const std::string& key_arn) {
  if (v.is_map() && v.size() == 1 && (v.has("Fn::GetAtt") || v["Ref"].as_string() == "KeyArn"))
    return key_arn;
  Value out = v;
  if (v.is_list())
    for (Value& item : out.make_list()) item = resolved(item, key_arn);
  if (v.is_map())
    for (const auto& [name, value] : v.members()) out.set(name, resolved(value, key_arn));
  return out;
}

Entity administrator(const std::string& account) {
  Entity entity;
  entity.kind = Entity::Kind::role;
  entity.name = "administrator";
  entity.arn = "arn:aws:iam::" + account + ":role/administrator";
  Value everything = Value::map({{"Effect", "Allow"}, {"Action", "*"}, {"Resource", "*"}});
  entity.inline_policies.push_back(
      {"everything", Value::map({{"Version", "2012-10-17"}, {"Statement", everything}})});
  return entity;
}

void take_owner(const ShareRequest& request, const Value& resources, const std::string& key_arn,
                Account& account) {
  if (request.kms) {
    Key key;
    key.arn = key_arn;
    key.policy = resources["Key"]["Properties"]["KeyPolicy"];
    account.keys.push_back(std::move(key));
  }
  const Value& properties = resources["Bucket"]["Properties"];
  const Value& block = properties["PublicAccessBlockConfiguration"];
  const Value& by = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"].at(
      0)["ServerSideEncryptionByDefault"];
  Bucket bucket;
  bucket.name = properties["BucketName"].as_string();
  bucket.region = request.region;
  bucket.policy = resources["BucketPolicy"]["Properties"]["PolicyDocument"];
  bucket.ownership = properties["OwnershipControls"]["Rules"].at(0)["ObjectOwnership"].as_string();
  bucket.public_access_block = {
      block["BlockPublicAcls"].as_bool(), block["IgnorePublicAcls"].as_bool(),
      block["BlockPublicPolicy"].as_bool(), block["RestrictPublicBuckets"].as_bool()};
  bucket.encryption = by["SSEAlgorithm"].as_string();
  bucket.key = by["KMSMasterKeyID"].as_string();
  account.buckets.push_back(std::move(bucket));
}

void take_role(const Value& properties, const std::string& account_id, Account& account) {
  Entity role;
  role.kind = Entity::Kind::role;
  role.name = properties["RoleName"].as_string();
  role.arn = "arn:aws:iam::" + account_id + ":role/" + role.name;
  role.trust = properties["AssumeRolePolicyDocument"];
  for (const Value& policy : properties["Policies"].items())
    role.inline_policies.push_back({policy["PolicyName"].as_string(), policy["PolicyDocument"]});
  account.entities.push_back(std::move(role));
}

Snapshot snapshot_of_share(const ShareRequest& request, const Share& share) {
  std::string key_arn =
      "arn:aws:kms:" + request.region + ":" + request.owner + ":key/the-shared-key";
  std::map<std::string, Account> accounts;
  for (const SharePart& part : share.parts) {
    Account& account = accounts[part.account];
    if (account.id.empty()) account.entities.push_back(administrator(part.account));
    account.id = part.account;
    Value resources = resolved(part.body["Resources"], key_arn);
    if (part.account == request.owner) take_owner(request, resources, key_arn, account);
    if (resources.has("Role")) take_role(resources["Role"]["Properties"], part.account, account);
  }
  Snapshot snapshot;
  for (auto& [id, account] : accounts) snapshot.accounts.push_back(std::move(account));
  return snapshot;
}

// An account that has no part in it.
std::string stranger_to(const ShareRequest& request) {
  std::set<std::string> taken{request.owner};
  taken.insert(request.writers.begin(), request.writers.end());
  taken.insert(request.readers.begin(), request.readers.end());
  for (char digit = '9';; --digit)
    if (std::string id(12, digit); !taken.contains(id)) return id;
}

class Prover {
 public:
  Prover(const World& world, const ShareRequest& request, Share& share)
      : world_(world), request_(request), share_(share) {}

  // One row an action, in the order put, get, list, delete.
  Status row(const std::string& who, std::array<bool, 4> expected, bool plain_http = false) {
    constexpr std::array actions{"s3:PutObject", "s3:GetObject", "s3:ListBucket",
                                 "s3:DeleteObject"};
    for (size_t i = 0; i < actions.size(); ++i) {
      bool on_bucket = std::string_view(actions[i]) == "s3:ListBucket";
      std::string arn = "arn:aws:s3:::" + request_.bucket + (on_bucket ? "" : "/some/object");
      CHECK_OK(one(who, actions[i], arn, expected[i], plain_http));
    }
    return {};
  }

 private:
  Status one(const std::string& who, const char* action, const std::string& arn, bool expected,
             bool plain_http) {
    TRY(Actor actor, world_.actor(who));
    TRY(Target target, world_.target(arn));
    policy::Context context;
    if (plain_http) context.set("aws:SecureTransport", "false");
    Answer found = answer(world_, {&actor, action, &target, context, {}}, Detail::verdict);
    const Step* refusing = found.refusing();
    share_.proofs.push_back({who, action, arn, plain_http ? "over plain HTTP" : "", expected,
                             found.allowed(), reason(refusing ? *refusing : found.steps.front())});
    return {};
  }

  const World& world_;
  const ShareRequest& request_;
  Share& share_;
};

}  // namespace

Status prove(const ShareRequest& request, Share& share) {
  TRY(auto world, World::make(snapshot_of_share(request, share), {}));
  Prover prover(*world, request, share);
  auto role_arn = [](const std::string& account, const std::string& name) {
    return "arn:aws:iam::" + account + ":role/" + name;
  };
  CHECK_OK(prover.row(role_arn(request.owner, "administrator"), {true, true, true, true}));
  for (const SharePart& part : share.parts) {
    if (part.account == request.owner) continue;
    std::string role = role_arn(
        part.account, part.body["Resources"]["Role"]["Properties"]["RoleName"].as_string());
    bool writer = part.file.starts_with("writer-");
    CHECK_OK(prover.row(role, {writer, !writer, !writer, false}));
    if (!request.plain_http) CHECK_OK(prover.row(role, {false, false, false, false}, true));
    CHECK_OK(prover.row(role_arn(part.account, "administrator"), {false, false, false, false}));
  }
  CHECK_OK(prover.row(stranger_to(request), {false, false, false, false}));
  return prover.row("*", {false, false, false, false});
}

}  // namespace mainstay::access
