// Properties whose values are not to be shown: those that come of a NoEcho parameter or of a secret
// that is referred to ("Parameters", "Dynamic references", CloudFormation user guide). Pure.
#pragma once

#include <set>
#include <string>

#include "formation/definition.hh"

namespace mainstay::formation {

inline constexpr const char* hidden_value = "****";

// The names of a resource's properties that the template makes of what is hidden.
std::set<std::string> hidden_properties(const Prepared& prepared, const std::string& logical_id);
// The same of a resource that is there, by what is kept with it: how events show its properties.
std::set<std::string> hidden_properties(const Value& resource);

}  // namespace mainstay::formation
