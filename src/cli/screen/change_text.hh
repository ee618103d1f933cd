// Changes as people read them.
#pragma once

#include "cli/screen/screen.hh"
#include "stacks/diff.hh"

namespace mainstay::cli {

// "  -/+ OrdersDb  RDS::DBInstance  orders.yaml:41" and, below it, the properties and why.
// The document may be null.
std::string change_text(const stacks::ResourceChange& change, const cfn::Document* document,
                        const Style& style);

// "1 replace  2 update  1 add  0 delete"
std::string counts_text(const std::vector<stacks::ResourceChange>& changes);

// The ACCESS part: who would be able to do what they are not now. "" where there is none.
std::string gains_text(const std::vector<stacks::AccessGain>& gains, const Style& style);

std::string diff_text(const stacks::StackDiff& diff, const std::string& region, const Style& style);
Value diff_value(const stacks::StackDiff& diff);

}  // namespace mainstay::cli
