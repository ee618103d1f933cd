// What IAM can allow or deny: every service's actions with their access level, resource types,
// condition keys and dependent actions, as the Service Authorization Reference lists them (from the
// embedded data, see data/README.md). A service is unpacked when first asked for and then kept.
//
// Names fold case, as in policies. Threads: any; what is returned lives as long as the table.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "actions/arn_template.hh"
#include "base/value.hh"

namespace mainstay::actions {

enum class Level { read, list, write, tagging, permissions };
std::string_view level_name(Level level);  // as AWS writes it: "Permissions management"

// What a condition key's values are. The lists are the multivalued keys.
enum class KeyType { text, text_list, boolean, boolean_list, arn, arn_list, number, date, address };

struct ConditionKey {
  std::string name;  // "s3:prefix", "aws:ResourceTag/${TagKey}"
  KeyType type = KeyType::text;
};
using Keys = std::vector<const ConditionKey*>;

struct ResourceType {
  std::string name;  // "bucket"
  std::string arn;   // "arn:${Partition}:s3:::${BucketName}"
  ArnTemplate form;  // the same, taken apart
  Keys keys;
};

struct ActionResource {
  const ResourceType* type = nullptr;
  bool required = false;
  Keys keys;
};

struct Action {
  std::string name;  // "s3:GetObject"
  Level level = Level::read;
  std::vector<ActionResource> resources;  // empty: "*" is its only resource
  Keys keys;                              // those that don't depend on a resource type
  std::vector<std::string> dependent;     // "iam:PassRole"
};

// The ARNs that the action can be about, variables as "*"; none for an action without resources.
std::vector<std::string> resource_globs(const Action& action, const std::string& account,
                                        const std::string& region);

class Service {
 public:
  explicit Service(const Value& data);
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  const std::string& prefix() const { return prefix_; }
  const std::string& name() const { return name_; }                // "Amazon S3"
  const std::vector<Action>& actions() const { return actions_; }  // by name
  const std::vector<ResourceType>& types() const { return types_; }
  const std::vector<ConditionKey>& keys() const { return keys_; }
  // By the name without prefix; null where there is none.
  const Action* find(std::string_view name) const;
  const ResourceType* type(std::string_view name) const;
  // The key that a name in a policy means ("s3:ExistingObjectTag/team"), or null.
  const ConditionKey* key(std::string_view name) const;

 private:
  std::string prefix_;
  std::string name_;
  std::vector<ConditionKey> keys_;
  std::vector<ResourceType> types_;
  std::vector<Action> actions_;
  std::unordered_map<std::string, const Action*> by_name_;  // lower case
};

class ActionTable {
 public:
  ActionTable();

  // By IAM's prefix ("s3", not botocore's name); null where AWS names no such service.
  const Service* service(std::string_view prefix) const;
  // By full name, "s3:GetObject"; null where there is no such action.
  const Action* find(std::string_view action) const;
  // All that a policy's pattern covers ("s3:Get*", "*"), by name. Linear in the actions of the
  // services whose prefix fits.
  std::vector<const Action*> matching(std::string_view pattern) const;
  // The key of a service or one of the global ones ("aws:SourceIp"); null where neither has it.
  const ConditionKey* key(std::string_view name) const;
  const std::vector<std::string>& prefixes() const { return prefixes_; }  // sorted

 private:
  std::vector<std::string> prefixes_;
  std::vector<ConditionKey> global_keys_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::unique_ptr<const Service>, std::less<>> loaded_;
};

}  // namespace mainstay::actions
