// What an update would change: shared by UpdateStack and change sets.
#pragma once

#include <vector>

#include "cfn/diff.hh"
#include "formation/definition.hh"

namespace mainstay::formation {

struct Plan {
  std::vector<cfn::ResourceChange> changes;
  bool outputs_changed = false;
  bool is_empty() const { return changes.empty() && !outputs_changed; }
};

// What the run will find, in its own terms: zones as the resources were made with, against those
// that there are now; replacements by the type's spec as well as its schema.
// before: null for a stack that is yet to be made.
Result<Plan> make_plan(Call& call, const StackKey& key, const Value& before, const Value& after);

}  // namespace mainstay::formation
