// A configuration laid over another one, with the places of both kept.
#pragma once

#include "cfn/document.hh"

namespace mainstay::stacks {

// As stacker merges: maps member by member, lists one after the other (under's first), else what
// lies over. What comes from `under` has no place, as it stands in another file.
void merge_under(cfn::Document& over, const cfn::Document& under);

}  // namespace mainstay::stacks
