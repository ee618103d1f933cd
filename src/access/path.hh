// Who can become whom: roles that may be assumed, roles that may be handed to a service that then
// acts for its caller (PassRole), and users and roles that may be taken over. Breadth first, so
// that the shortest way comes first.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "access/answer.hh"

namespace mainstay::access {

inline constexpr size_t hops_max = 16;

// One step from an actor to another.
struct Hop {
  size_t from = 0, to = 0;           // places in World::actors()
  std::string how;                   // "sts:AssumeRole", "iam:PassRole to lambda.amazonaws.com"
  std::vector<std::string> actions;  // all that it needs
  std::string why;                   // what allows the first of them
};

// Everyone that an actor can become, itself first; a way to each.
struct Reached {
  struct Node {
    size_t actor;
    std::optional<Hop> by;  // none for the first
    size_t depth = 0;
  };
  std::vector<Node> nodes;  // breadth first
  // From the first to the node's actor.
  std::vector<Hop> way_to(size_t node) const;
};

class Closure {
 public:
  // `context` goes before what is assumed, as "sts:ExternalId".
  Closure(const World& world, const policy::Context& context) : world_(world), context_(context) {}

  // By the place of the first actor. `stop_at`, if given, ends the search at the first that fits.
  Reached from(size_t actor, const std::function<bool(const Actor&)>& stop_at = {}) const;
  // The hops that leave one actor, but for those to actors that are `known` already.
  std::vector<Hop> hops(size_t actor, const std::set<size_t>& known) const;

 private:
  std::optional<Hop> assume(size_t from, size_t to) const;
  std::optional<Hop> pass(size_t from, size_t to) const;
  std::optional<Hop> take_over(size_t from, size_t to) const;
  // What allows it, or nothing.
  std::optional<std::string> allowed(const Actor& actor, const std::string& action,
                                     const std::string& resource,
                                     const policy::Context& more) const;

  const World& world_;
  const policy::Context& context_;
};

// Whether any statement of the actor's own policies could allow the action on something.
bool could_ever(const Actor& actor, const std::string& action);

}  // namespace mainstay::access
