// Values of condition keys that tell every set of conditions apart: for the operators that compare
// numbers, dates, addresses and booleans, one value of each kind that the operands can tell.
//
// If a condition key's conditions can hold together for any value of their type, they do for one of
// these: between two neighbouring operands all numbers (dates) act alike, and so do all addresses
// within a network and outside of the smaller ones named.
#pragma once

#include <string>
#include <vector>

#include "policy/operand.hh"

namespace mainstay::policy::proofs {

// Texts of such values. Operands that can't be read are left out. Only for number, date, network
// and boolean.
std::vector<std::string> sample_values(Operand type, const std::vector<std::string>& operands);

}  // namespace mainstay::policy::proofs
