// The least that a run of copies must be allowed, step by step: each action is here because of the
// step that fails without it. Sources: Service Authorization Reference, "Amazon RDS"; RDS user
// guide, "AWS KMS key management" (kms:CreateGrant and kms:DescribeKey of whoever uses a key).
#pragma once

#include <string>
#include <vector>

#include "databases/copy_plan.hh"

namespace mainstay::databases {

struct CopyStep {
  std::string sid, what;  // "Copy", "copies are made and tagged"
  std::vector<std::string> actions, resources;
  Value condition;  // null for none
};

std::vector<CopyStep> copy_steps(const CopyWish& wish, const std::string& account);
// The steps as an identity policy.
Value copy_policy(const CopyWish& wish, const std::string& account);

}  // namespace mainstay::databases
