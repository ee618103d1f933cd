// One decision in the making: the request as IAM sees it, and the policies that apply, collected
// from the services that hold them. IAM adds the caller's own, the resource's service what guards
// the resource, the pipeline the rest (authorizer.hh).
#pragma once

#include <functional>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"
#include "policy/decide.hh"

namespace mainstay::cloud {

// Compiled policies by their text, since the same few documents decide most requests.
// Threads: any. Limit: policies_max, then it begins anew.
class PolicyCache {
 public:
  using Text = std::function<Result<std::string>()>;
  // `key` stands for the text; `text` is asked only when the policy is not known.
  Result<std::shared_ptr<const policy::Policy>> get(policy::Kind kind, const std::string& name,
                                                    const std::string& key, const Text& text);

 private:
  static constexpr size_t policies_max = 20'000;
  std::shared_mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const policy::Policy>> policies_;
};

class Authorization {
 public:
  explicit Authorization(PolicyCache& cache) : cache_(&cache) {}

  policy::Request request;
  policy::Policies policies;
  std::string resource_type;  // as the action data names it: "bucket", "role"
  bool aws_managed = false;   // a KMS key that AWS manages: no resource control policy applies

  // Adds a policy document to the list of its kind. A stored document that can't be read refuses
  // the request: what it denies can't be known.
  Status add(policy::Kind kind, const std::string& name, const std::string& text);
  // A level of control policies (all of whose documents count as one).
  Status add_level(const std::vector<std::pair<std::string, std::string>>& names_and_texts);
  // A document that never changes under this name, so that its text need not be fetched.
  Status add_fixed(policy::Kind kind, const std::string& name, const PolicyCache::Text& text);

  // "aws:ResourceTag/KEY" (and "PREFIX:ResourceTag/KEY" where one is given) for each tag.
  void resource_tags(const Value& tags, std::string_view prefix = "");
  void principal_tags(const Value& tags);  // "aws:PrincipalTag/KEY"

 private:
  Status add_to(policy::PolicyList& list, policy::Kind kind, const std::string& name,
                const std::string& key, const PolicyCache::Text& text);

  PolicyCache* cache_;
  std::vector<std::shared_ptr<const policy::Policy>> held_;  // whom the lists point to
};

}  // namespace mainstay::cloud
