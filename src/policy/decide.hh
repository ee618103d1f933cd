// The decision: all policies that apply to a request, joined as AWS joins them.
//
// Sources: IAM user guide, "Policy evaluation logic", "Policy evaluation for requests within a
// single account", "Cross-account policy evaluation logic", "Permissions boundaries", "Session
// policies"; KMS developer guide, "Key policies in AWS KMS". Pure; any number of threads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "policy/compiled.hh"
#include "policy/document.hh"
#include "policy/request.hh"

namespace mainstay::policy {

using PolicyList = std::vector<const Policy*>;

// What applies to one request. Pointers are borrowed for the time of the decision. Who collects
// them knows the exemptions: no control policies for the management account and service-linked
// roles.
struct Policies {
  PolicyList identity;              // of the user and its groups, or of the role
  PolicyList boundary;              // empty: none is set
  bool has_session_policy = false;  // then one of `session` must allow
  PolicyList session;
  PolicyList resource;                      // of the resource; a role's trust policy
  bool resource_only_denies = false;        // its allows do not count (S3 objects that others own)
  std::vector<PolicyList> service_control;  // root, OUs, account: each level must allow
  PolicyList resource_control;              // of all levels; an allow is implicit
  bool has_endpoint_policy = false;         // the request came through a VPC endpoint
  PolicyList endpoint;
  // KMS keys and role trust: without a grant of the resource's own, nobody has access, not even
  // within its account.
  bool resource_must_allow = false;
  // What else of the resource allows the action, as an ACL or a KMS grant does, and how far.
  Reach other_grant = Reach::none;
  std::string other_grant_name;
};

enum class Verdict { allow, explicit_deny, implicit_deny };

struct Decision {
  Verdict verdict = Verdict::implicit_deny;
  Kind layer = Kind::identity;     // the kind of policy that decided
  const Policy* policy = nullptr;  // and its statement; none for implicit denials, roots and ACLs
  const Rule* rule = nullptr;
  std::string by;  // what decided where it was no policy: "ACL", "root of the account"

  bool allowed() const { return verdict == Verdict::allow; }
};

// What each statement contributed.
struct TraceRow {
  enum class Outcome { applies, other_action, other_principal, other_resource, condition };
  Kind layer;
  const Policy* policy;
  const Rule* rule;
  Outcome outcome;
  std::string detail;  // the condition that did not hold, and what the request had
};
using Trace = std::vector<TraceRow>;

// With a trace every statement of every policy is looked at, and a row appended for each.
Decision decide(const Request& request, const Policies& policies, Trace* trace = nullptr);

// "User: ARN is not authorized to perform: ACTION on resource: ARN because no identity-based policy
// allows the ACTION action". Source: IAM user guide, "Troubleshoot access denied error messages".
// quote_resource: as S3 writes it.
std::string denial_message(const Request& request, const Decision& decision,
                           bool quote_resource = false);

// One principal and action asked about many resources: statements that cannot match are dropped
// once. Conditions on the keys in `of_resource` (lower case) are left for each resource.
class Narrowed {
 public:
  Narrowed(Request request, const Policies& policies, const std::vector<std::string>& of_resource);
  // `resource_policies` beside those narrowed; the context may be changed between calls.
  Decision decide(const std::string& resource, const std::string& account,
                  const PolicyList& resource_policies);
  Context& context() { return request_.context; }

 private:
  PolicyList narrow(const PolicyList& list, const std::vector<std::string>& of_resource);

  Request request_;
  Policies policies_;
  std::vector<std::unique_ptr<const Policy>> kept_;
};

}  // namespace mainstay::policy
