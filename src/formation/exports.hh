// Values that stacks share: exports by name, and who imports them. All need a Call on the state.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "formation/records.hh"

namespace mainstay::formation {

// Errors: ValidationError where an export in use would change or go, or a name is taken.
Status replace_exports(Call& call, const Value& stack, const Value& outputs);
void replace_imports(Call& call, const Value& stack, const std::set<std::string>& names);
// Names of the stacks that import an export.
std::vector<std::string> importers_of(const Call& call, const std::string& name);
// Error: "Export X cannot be deleted as it is in use by Y".
Status check_exports_unused(const Call& call, const Value& stack);

}  // namespace mainstay::formation
