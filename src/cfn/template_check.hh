// Whether everything that a template refers to is there.
#pragma once

#include "base/error.hh"
#include "cfn/template.hh"

namespace mainstay::cfn {

// References of resources, outputs, conditions and rules, whichever branch is taken, against the
// template's own names. Errors: ValidationError in AWS's words, at the place of the reference.
Status check_references(const Template& t);

// The names in references, in AWS's form "[A, B]", without duplicates; at most 200 of them.
std::string name_list(const std::vector<std::string>& names);

}  // namespace mainstay::cfn
