// What can be told of a template's values before anything is made.
#pragma once

#include "formation/definition.hh"

namespace mainstay::formation {

// Evaluates all that the template makes, with resources unknown. Errors: ValidationError for
// functions that can't give a value (a key that a mapping lacks), and for attributes that a
// resource's type does not have.
Status check_values(const Prepared& prepared);
// A resource's properties as far as they are known: null where the template has none.
Result<Value> known_properties(const Prepared& prepared, const cfn::Resource& resource);

}  // namespace mainstay::formation
