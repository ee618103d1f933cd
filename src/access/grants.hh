// All that a principal may do: action by action, on which resources.
//
// Asked are the resources that its policies name, as they are written, and those that the snapshot
// has; so a pattern counts as allowed if nothing stops all of it, and what is refused of it among
// the known resources is listed as an exception.
#pragma once

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

// Sorted by action. `table` outlives the result.
std::vector<Granted> grants_of(const World& world, const actions::ActionTable& table,
                               const Actor& actor, const policy::Context& context);

std::string_view service_of(const Granted& granted);  // "s3"

}  // namespace mainstay::access
