// What an output has that its model lacks. Encoding leaves such members out, so a name that is
// spelled wrong shows only as something that is missing; tests of clients ask for this check.
#pragma once

#include <string>
#include <vector>

#include "base/value.hh"
#include "wire/model.hh"

namespace mainstay::wire {

// Paths of the members, at most some: "Vpcs.0.CidrBlok". Names that begin with '_' (a document's
// own) or ':' (of the response itself) do not count.
std::vector<std::string> unknown_members(const Shape& shape, const Value& output);

}  // namespace mainstay::wire
