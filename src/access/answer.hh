// May this principal do this to that? One answer of all that decides: the policies, and for S3's
// objects also who owns the object, its ACL, and the KMS key that it is encrypted under, which is a
// second authorisation of the same caller.
//
// Sources: S3 user guide, "How Amazon S3 authorizes a request", "Using server-side encryption with
// AWS KMS keys" (permissions; aws/s3 across accounts), "Controlling ownership of objects"; KMS
// developer guide, "Grants in AWS KMS". Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/world.hh"
#include "policy/decide.hh"

namespace mainstay::access {

// What is assumed of an object, beyond its bucket.
struct ObjectFacts {
  std::string owner;  // an account; "" for the bucket's (under BucketOwnerEnforced always that)
  std::string acl;  // canned, as sent with the upload: "bucket-owner-full-control"; "" for private
  std::string key;  // encrypted under this key, instead of the bucket's default
};
// The canned ACLs that are known. Source: S3 user guide, "Canned ACL".
const std::vector<std::string>& canned_acls();

struct Question {
  const Actor* actor = nullptr;
  std::string action;
  const Target* target = nullptr;
  policy::Context context;  // goes before what the program assumes
  ObjectFacts object;
};

// One authorisation.
struct Step {
  std::string title;  // "s3:GetObject", "kms:Decrypt with key 1234"
  policy::Request request;
  policy::Decision decision;
  policy::Trace trace;
  std::string remark;   // what else explains a refusal by policies: who owns the object
  std::string refusal;  // where no policy was asked: "ACLs are switched off"
  bool allowed() const { return refusal.empty() && decision.allowed(); }
};

struct Answer {
  std::vector<Step> steps;         // the first is the action itself
  std::vector<std::string> notes;  // what was assumed
  bool allowed() const;
  // The first step that refuses, or nullptr.
  const Step* refusing() const;
};

enum class Detail { verdict, trace };
Answer answer(const World& world, const Question& question, Detail detail = Detail::trace);

// What AWS decides by itself, whatever policies say: GetCallerIdentity and GetSessionToken need no
// permission ("No permissions are required", STS API reference); names that AWS reserves for itself
// are made, changed and passed by nobody.
struct OwnRule {
  bool allows = false;
  std::string why;
};
std::optional<OwnRule> rule_of_aws(const std::string& action, const Target& target);

// Why a step ended as it did, in a sentence.
std::string reason(const Step& step);

// What is asked of the engine for one question, without S3's rules. `policies` points into the
// world.
policy::Request request_of(const Actor& actor, const std::string& action, const Target& target,
                           const policy::Context& context);
policy::Policies policies_of(const Actor& actor, const Target& target,
                             const policy::Request& request);

}  // namespace mainstay::access
