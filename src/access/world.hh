// A snapshot made ready for decisions: every policy compiled once, every principal with what limits
// it, every resource with what decides about it. Immutable; any number of threads may ask.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "access/snapshot.hh"
#include "policy/decide.hh"

namespace mainstay::access {

// The document of a policy of AWS's own by its ARN, where a snapshot names but does not hold it.
using ManagedPolicies = std::function<Result<std::string>(const std::string& arn)>;

// Someone who may ask. Pointers are the World's.
struct Actor {
  policy::Principal principal;
  std::string arn;                   // as people name it: of the user or role, a service, "*"
  const Account* account = nullptr;  // none for services, nobody, and accounts not in the snapshot
  const Entity* entity = nullptr;    // the user or role
  policy::PolicyList identity;
  policy::PolicyList boundary;
  std::vector<policy::PolicyList> service_control;
  policy::Context keys;
  // Of an account that the snapshot does not have: its own policies are taken to allow everything.
  bool assumed = false;
};

// A resource and what decides about it.
struct Target {
  std::string arn;  // or "*"
  std::string account;
  const Bucket* bucket = nullptr;  // also of an object
  bool object = false;
  const Key* key = nullptr;
  const Entity* role = nullptr;
  policy::PolicyList policies;          // the resource's own
  policy::PolicyList resource_control;  // of all levels above its account
  policy::Context keys;
};

class World {
 public:
  // Errors: "SnapshotInvalid" naming the policy that is missing or cannot be understood: an answer
  // without it might allow too much.
  static Result<std::shared_ptr<const World>> make(Snapshot snapshot, const ManagedPolicies& aws);

  const Snapshot& snapshot() const { return snapshot_; }
  // AWS-managed policies that nobody here knows the document of: answers about who has them lack
  // what they allow and deny. As a boundary, such a one allows nothing.
  const std::set<std::string>& unknown_policies() const { return unknown_policies_; }
  // The root, users and roles of every account, in the snapshot's order.
  const std::vector<Actor>& actors() const { return actors_; }
  // By ARN, "role/NAME" or "ACCOUNT:user/NAME", an account's id (its root), a service's name, "*".
  // Errors: "PrincipalUnknown", with the nearest that there is; "PrincipalAmbiguous".
  Result<Actor> actor(std::string_view text) const;
  // The place in actors() of one of the snapshot's own.
  Result<size_t> place_of(std::string_view text) const;
  // By ARN. Errors: "ResourceUnknown" for buckets, keys and roles of which the snapshot says
  // nothing.
  Result<Target> target(std::string_view arn) const;
  // The key that a bucket's default encryption, an id or an alias means to a requester in
  // `account`. nullptr where the snapshot has none such.
  const Key* key_of(std::string_view name, const std::string& account,
                    const std::string& region) const;
  const Account* account_of(const Bucket& bucket) const;
  const Account* account_of(const Key& key) const;
  // S3's id of an account, "" if unknown.
  std::string canonical_id(const std::string& account) const;
  // The ARNs of buckets, keys, roles and other resources, in the snapshot's order.
  std::vector<std::string> resources() const;

 private:
  World() = default;
  using PolicyPointer = std::shared_ptr<const policy::Policy>;

  Status compile(const ManagedPolicies& aws);
  Status compile_organization();
  Status compile_account(const Account& account, const ManagedPolicies& aws);
  Status compile_resources(const Account& account);
  Status add_actor(const Account& account, const Entity& entity, const ManagedPolicies& aws);
  Result<const policy::Policy*> compiled(const std::string& name, const Value& document,
                                         policy::Kind kind);
  Result<const policy::Policy*> managed(const Account& account, const std::string& arn,
                                        policy::Kind kind, const ManagedPolicies& aws);
  Status add_entity_policies(const Account& account, const Entity& entity,
                             const ManagedPolicies& aws, policy::PolicyList& out);
  Actor bare_actor(policy::Principal principal, std::string arn) const;
  void place(Actor& actor, const Account* account) const;
  Result<Actor> actor_by_arn(std::string_view text) const;
  void place(Target& target) const;
  Status own_policy(Target& target, const std::string& type, const std::string& name) const;

  Snapshot snapshot_;
  std::set<std::string> unknown_policies_;
  std::vector<PolicyPointer> kept_;
  std::map<std::string, const policy::Policy*> managed_;  // by account, kind and ARN
  std::vector<Actor> actors_;
  std::unordered_map<std::string, size_t> actors_by_name_;  // "111122223333:role/name", lower case
  std::map<std::string, const policy::Policy*, std::less<>> resource_policies_;  // by ARN
  std::unordered_map<std::string, const Account*> accounts_;
  struct Owned {
    const Account* account;
    const Bucket* bucket = nullptr;
    const Key* key = nullptr;
    const Resource* resource = nullptr;
  };
  std::unordered_map<std::string, Owned> owned_;          // buckets by name, the rest by ARN
  std::unordered_map<std::string, std::string> aliases_;  // "account:region:alias/x": key ARN
  struct Level {
    policy::PolicyList service_control, resource_control;
  };
  std::unordered_map<std::string, Level> levels_;  // by unit
  const policy::Policy* allow_all_ = nullptr;
};

}  // namespace mainstay::access
