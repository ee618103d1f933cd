// What an actor's own policies could allow of one action, without deciding anything: most pairs of
// principals and resources end here.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "access/world.hh"

namespace mainstay::access {

// The actor and its policies must outlive this.
class OwnGrants {
 public:
  OwnGrants(const Actor& actor, const std::string& action);
  // Whether a statement allows it on this resource, whatever its conditions are.
  bool could(const std::string& resource, const policy::Context& context) const;
  const std::vector<const policy::Rule*>& rules() const { return rules_; }
  bool all() const { return all_; }

 private:
  bool all_;  // the root of an account
  std::vector<const policy::Rule*> rules_;
};

// An actor with only those statements that cover one action, for many questions about it. Only for
// that action: what asks for another one beside it (an object's key) must ask the whole actor.
class NarrowedActor {
 public:
  NarrowedActor(const Actor& actor, const std::string& action);
  const Actor& actor() const { return actor_; }

 private:
  policy::PolicyList narrowed(const policy::PolicyList& list, const policy::Request& request);

  Actor actor_;
  std::vector<std::unique_ptr<const policy::Policy>> kept_;
};

bool has_variables(const policy::Rule& rule);

// Whether something besides policies can allow access to it: ACLs, grants on a key.
bool has_rules_of_its_own(const World& world, const Target& target);

}  // namespace mainstay::access
