// Which policies a template attaches to whom: to a role all of its own, those of AWS::IAM::Policy
// resources that name it, and the managed ones; to a bucket those of its AWS::S3::BucketPolicy.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cfn/resolved.hh"
#include "policy/compiled.hh"
#include "stacks/knowledge.hh"

namespace mainstay::stacks {

struct HeldPolicy {
  std::shared_ptr<const policy::Policy> policy;  // nullptr where it isn't understood
  std::string text;                              // canonical JSON, or the ARN of a managed one
  std::string problem;                           // why it isn't understood
  const cfn::ResolvedResource* from = nullptr;   // the resource that has it
};

struct Holding {
  std::vector<HeldPolicy> policies;
  std::string boundary;  // ARN of the permissions boundary, "" for none
};

// By holder and kind of policy.
using Holdings = std::map<std::pair<std::string, policy::Kind>, Holding>;

// The resources must outlive what is returned.
Holdings policy_holdings(const std::vector<cfn::ResolvedResource>& resources,
                         const Knowledge& knowledge);

}  // namespace mainstay::stacks
