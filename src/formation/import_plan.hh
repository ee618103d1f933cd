// Which resources of a change set are not made but taken over, since they are there already (user
// guide, "Import AWS resources into a CloudFormation stack").
#pragma once

#include "formation/definition.hh"
#include "formation/plan.hh"

namespace mainstay::formation {

// Of a set of type IMPORT: the physical id of each resource that the request names, by logical id.
// Errors: ValidationError where it names what can't be imported, or the template changes more.
Result<Value> imports_asked(Call& call, const Value& in, const Prepared& prepared,
                            const Plan& plan);

// The same for resources that the plan adds, that have a name of their own, and that are there by
// that name, wherever they belong. Asks the services, as the caller.
Value existing_by_name(Call& call, const StackKey& key, const Prepared& prepared, const Plan& plan);
// Of ImportExistingResources: those of them that are in no stack.
Value imports_found(const Call& call, const Value& existing);

}  // namespace mainstay::formation
