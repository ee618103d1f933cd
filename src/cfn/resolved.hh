// What a template makes under its parameters: the resources whose conditions hold, with their
// properties evaluated. What lies outside (resources, exports) is asked of the side's environment.
#pragma once

#include <string>
#include <vector>

#include "cfn/diff.hh"

namespace mainstay::cfn {

struct ResolvedResource {
  std::string id;
  std::string type;
  Value properties;             // a map, or null
  Value deletion_policy;        // text, or null
  Value update_replace_policy;  // the same
  Position at;
};

// In the template's order. Errors: those of evaluation.
Result<std::vector<ResolvedResource>> resolve_resources(const Side& side);
// The outputs whose conditions hold, by name.
Result<Map> resolve_outputs(const Side& side);

}  // namespace mainstay::cfn
