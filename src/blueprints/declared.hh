// Blueprints declared as data: library/*.json, which the program carries. A declaration has the
// class's name, its variables, and a template in which texts and a few directives stand for what
// depends on the variables; library/README.md has the language.
//
// Pure. Threads: any.
#pragma once

#include <vector>

#include "blueprints/blueprint.hh"

namespace mainstay::blueprints {

// All that are declared, in the order of their names; parsed once.
const std::vector<Blueprint>& declared_blueprints();

// A declaration as a blueprint; the Value must outlive it. For tests.
Blueprint blueprint_of(const Value& declaration);

}  // namespace mainstay::blueprints
