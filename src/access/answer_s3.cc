// S3's part of an answer: ownership, ACLs, keys.
#include <algorithm>

#include "access/answer.hh"
#include "base/text.hh"
#include "policy/s3.hh"

namespace mainstay::access {
namespace {

constexpr const char* everyone = "http://acs.amazonaws.com/groups/global/AllUsers";
constexpr const char* signed_in = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

// An account's S3 id, or a stand-in that ACLs made here can name.
std::string canonical_or_stand_in(const World& world, const std::string& account) {
  std::string id = world.canonical_id(account);
  return id.empty() ? "the canonical id of " + account : id;
}

struct Canned {
  const char* name;
  const char* to;  // "" for nobody, "owner" for the bucket's owner
  const char* permission;
};
constexpr Canned canned_table[] = {
    {"private", "", ""},
    {"public-read", everyone, "READ"},
    {"public-read-write", everyone, "READ"},  // WRITE means nothing on an object
    {"authenticated-read", signed_in, "READ"},
    {"bucket-owner-read", "owner", "READ"},
    {"bucket-owner-full-control", "owner", "FULL_CONTROL"}};

policy::Acl canned_acl(const World& world, const std::string& name, const std::string& owner,
                       const std::string& bucket_owner) {
  policy::Acl acl{{canonical_or_stand_in(world, owner), "FULL_CONTROL"}};
  for (const Canned& row : canned_table)
    if (name == row.name && *row.to)
      acl.push_back({row.to == std::string_view("owner")
                         ? canonical_or_stand_in(world, bucket_owner)
                         : row.to,
                     row.permission});
  return acl;
}

policy::S3Bucket rules_of(const World& world, const Bucket& bucket) {
  const Account& owner = *world.account_of(bucket);
  policy::S3Bucket out;
  out.account = owner.id;
  out.ownership = policy::ownership_from(bucket.ownership);
  for (const AclGrant& grant : bucket.acl) out.acl.push_back({grant.grantee, grant.permission});
  const PublicAccessBlock &own = bucket.public_access_block, &wide = owner.public_access_block;
  out.ignore_public_acls = own.ignore_acls || wide.ignore_acls;
  out.restrict_public_buckets = own.restrict_buckets || wide.restrict_buckets;
  return out;
}

// The second authorisation that an action on an encrypted object needs; "" for none.
const char* key_action(const std::string& action) {
  for (const char* reading : {"s3:GetObject", "s3:GetObjectVersion"})
    if (equals_ignoring_case(action, reading)) return "kms:Decrypt";
  return equals_ignoring_case(action, "s3:PutObject") ? "kms:GenerateDataKey" : "";
}

bool is_put(const std::string& action) {
  return equals_ignoring_case(action, "s3:PutObject");
}

policy::Context key_context(const Question& question, const Bucket& bucket) {
  policy::Context context = question.context;
  context.set("kms:ViaService", "s3." + bucket.region + ".amazonaws.com");
  context.set("kms:CallerAccount", question.actor->principal.account);
  context.set("kms:EncryptionContext:aws:s3:arn", question.target->arn);
  context.set_list("kms:EncryptionContextKeys", {"aws:s3:arn"});
  context.set("aws:ViaAWSService", "true");
  return context;
}

// Which key the request meets, and what there is to say where it is none that the snapshot has.
struct FoundKey {
  const Key* key = nullptr;
  std::string refusal;
};

FoundKey find_key(const World& world, const Question& question, const Bucket& bucket) {
  const std::string& owner = world.account_of(bucket)->id;
  const std::string& caller = question.actor->principal.account;
  std::string name = question.object.key.empty() ? bucket.key : question.object.key;
  bool aws_managed = name.empty() || name.ends_with("alias/aws/s3");
  if (aws_managed) {
    if (caller != owner)
      return {nullptr, "the bucket encrypts under aws/s3, AWS's own key of account " + owner +
                           ", which no other account can use"};
    return {world.key_of("alias/aws/s3", owner, bucket.region), ""};
  }
  // An alias without an account is looked up in the account of whoever sends the request.
  bool bare_alias = name.starts_with("alias/");
  const std::string& where = bare_alias && is_put(question.action) ? caller : owner;
  const Key* key = world.key_of(name, where, bucket.region);
  if (key) return {key, ""};
  return {nullptr, "the key " + name + " is not in the snapshot" +
                       (bare_alias ? ": an alias means a key of the requester's account (" + where +
                                         "); name the key by its ARN"
                                   : "")};
}

Step key_step(const World& world, const Question& question, const Bucket& bucket, Detail detail,
              Answer& answer) {
  Step step;
  const char* action = key_action(question.action);
  FoundKey found = find_key(world, question, bucket);
  step.title = action;
  step.refusal = found.refusal;
  step.request = request_of(*question.actor, action, *question.target, question.context);
  if (question.actor->principal.account.empty() &&
      question.actor->principal.kind != policy::Principal::Kind::service)
    step.refusal = "KMS answers no unsigned request";
  if (!step.refusal.empty()) return step;
  if (!found.key) {
    // AWS makes aws/s3 with a policy that lets its account use it by way of S3.
    answer.notes.push_back(
        "aws/s3 is not in the snapshot: taken to have the policy that AWS gives it");
    step.decision.verdict = policy::Verdict::allow;
    step.decision.by = "the policy that AWS gives aws/s3";
    return step;
  }
  step.title += " with key " + found.key->arn;
  auto target = world.target(found.key->arn);
  if (!target) {
    step.refusal = target.error().message;
    return step;
  }
  step.request = request_of(*question.actor, action, *target, key_context(question, bucket));
  policy::Policies policies = policies_of(*question.actor, *target, step.request);
  step.decision =
      policy::decide(step.request, policies, detail == Detail::trace ? &step.trace : nullptr);
  return step;
}

bool acl_refused(const Bucket& bucket, const Question& question) {
  const std::string& acl = question.object.acl;
  return bucket.ownership == "BucketOwnerEnforced" && is_put(question.action) && !acl.empty() &&
         acl != "bucket-owner-full-control" && acl != "private";
}

Step bucket_step(const World& world, const Question& question, Detail detail, Answer& answer) {
  const Target& target = *question.target;
  const Bucket& bucket = *target.bucket;
  Step step;
  step.title = question.action;
  step.request = request_of(*question.actor, question.action, target, question.context);
  if (!question.object.acl.empty() && is_put(question.action))
    step.request.context.set("s3:x-amz-acl", question.object.acl);
  if (acl_refused(bucket, question)) {
    step.refusal =
        "the bucket's owner owns every object (BucketOwnerEnforced): an upload with the ACL " +
        question.object.acl + " ends in 400 AccessControlListNotSupported";
    return step;
  }
  policy::S3Bucket rules = rules_of(world, bucket);
  // Accounts whose S3 id the snapshot does not tell are still told apart in ACLs made here.
  if (step.request.principal.canonical_id.empty() && !step.request.principal.account.empty())
    step.request.principal.canonical_id =
        canonical_or_stand_in(world, step.request.principal.account);
  policy::S3Object object;
  object.account = question.object.owner.empty() ? rules.account : question.object.owner;
  object.acl = canned_acl(world, question.object.acl, object.account, rules.account);
  policy::Policies policies = policies_of(*question.actor, target, step.request);
  bool about_object = target.object && !is_put(question.action);
  policy::apply_s3_rules(step.request, policies, rules, about_object ? &object : nullptr);
  if (about_object && policies.resource_only_denies && object.account != rules.account)
    step.remark = "the object is account " + object.account +
                  "'s: the bucket's policy does not count for it, and its ACL does not allow it";
  if (about_object && rules.ownership != policy::Ownership::bucket_owner_enforced)
    answer.notes.push_back("the object is taken to be owned by account " + object.account +
                           ", with the ACL " +
                           (question.object.acl.empty() ? "private" : question.object.acl));
  step.decision =
      policy::decide(step.request, policies, detail == Detail::trace ? &step.trace : nullptr);
  return step;
}

}  // namespace

const std::vector<std::string>& canned_acls() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> out;
    for (const Canned& row : canned_table) out.emplace_back(row.name);
    return out;
  }();
  return names;
}

Answer answer(const World& world, const Question& question, Detail detail) {
  Answer out;
  const Target& target = *question.target;
  if (auto rule = rule_of_aws(question.action, target)) {
    Step step;
    step.title = question.action;
    step.request = request_of(*question.actor, question.action, target, question.context);
    if (rule->allows) {
      step.decision.verdict = policy::Verdict::allow;
      step.decision.by = rule->why;
    } else {
      step.refusal = rule->why;
    }
    out.steps.push_back(std::move(step));
    return out;
  }
  if (question.actor->assumed)
    out.notes.push_back("account " + question.actor->principal.account +
                        " is not in the snapshot: its own policies are taken to allow everything");
  if (target.bucket) {
    out.steps.push_back(bucket_step(world, question, detail, out));
    bool by_key = target.object && (target.bucket->encryption.starts_with("aws:kms") ||
                                    !question.object.key.empty());
    if (by_key && *key_action(question.action))
      out.steps.push_back(key_step(world, question, *target.bucket, detail, out));
    return out;
  }
  Step step;
  step.title = question.action;
  step.request = request_of(*question.actor, question.action, target, question.context);
  policy::Policies policies = policies_of(*question.actor, target, step.request);
  step.decision =
      policy::decide(step.request, policies, detail == Detail::trace ? &step.trace : nullptr);
  out.steps.push_back(std::move(step));
  return out;
}

}  // namespace mainstay::access
