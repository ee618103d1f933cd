// What can be told of a configuration without AWS: whether it can be read, whether its lookups,
// hooks, classes and templates are there and make sense, and whether what they make is a template
// whose references, types and properties CloudFormation knows.
#pragma once

#include "stacks/session.hh"

namespace mainstay::stacks {

struct ConfigFinding {
  std::string stack;  // its name in the configuration; "" for the configuration's own
  Error error;        // with its place, where that is known
  bool is_warning = false;
};

// The session must be one that is offline, on a cloud with nothing in it. Values that only AWS has
// stand as "<...: not known yet>". Error only where the run was interrupted.
Result<std::vector<ConfigFinding>> validate(Session& session);

}  // namespace mainstay::stacks
