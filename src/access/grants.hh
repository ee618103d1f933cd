// All that a principal may do: action by action, on which resources.
//
// Asked are the resources that its policies name, as they are written, and those that the snapshot
// has; so a pattern counts as allowed if nothing stops all of it, and what is refused of it among
// the known resources is listed as an exception.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "access/answer.hh"
#include "actions/action_table.hh"

namespace mainstay::access {

struct Granted {
  const actions::Action* action = nullptr;
  std::vector<std::string> resources;  // patterns and ARNs, sorted
  std::vector<std::string>
      exceptions;                 // known resources that a pattern covers but that are refused
  std::vector<std::string> data;  // known resources that are allowed, by pattern or name
};

// What an action does to data, or to who may do what.
enum class Effect { read, change, remove, escalate };
const char* effect_name(Effect effect);  // "read", "change", "delete", "escalate"
Effect effect_of(const actions::Action& action);

// Asks for one principal after another; what is the same for all of them is found once.
class Grants {
 public:
  // All must outlive this.
  Grants(const World& world, const actions::ActionTable& table, const policy::Context& context);
  // Sorted by action.
  std::vector<Granted> of(const Actor& actor);

 private:
  // An allowing statement of a resource's policy, and what it covers.
  struct Offer {
    const policy::Rule* rule;
    std::vector<const actions::Action*> actions;
  };
  using ActionSet = std::set<const actions::Action*>;

  ActionSet actions_of(const Actor& actor) const;
  Granted ask(const Actor& actor, const actions::Action& action);
  bool allowed(const Actor& actor, const actions::Action& action, const Target& target) const;
  Target pattern_target(const Actor& actor, const std::string& pattern) const;
  // The known resources of an action's types.
  const std::vector<Target>& known(const actions::Action& action);

  const World& world_;
  const actions::ActionTable& table_;
  const policy::Context& context_;
  std::vector<Offer> offers_;
  std::map<std::string, std::vector<Target>> known_;  // by the action's types
};

std::string_view service_of(const Granted& granted);  // "s3"

}  // namespace mainstay::access
