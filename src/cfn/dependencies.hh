// The order that references and DependsOn impose on a template's resources.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"
#include "cfn/references.hh"
#include "cfn/template.hh"

namespace mainstay::cfn {

struct Dependencies {
  // Logical ids of the resources whose condition holds; each after all that it needs, otherwise as
  // in the template. Deletion goes the other way.
  std::vector<std::string> order;
  // For each of them, what it needs directly, in template order, without duplicates.
  std::unordered_map<std::string, std::vector<std::string>> needs;

  // For each, what needs it directly.
  std::unordered_map<std::string, std::vector<std::string>> dependants() const;
};

// Only branches that the conditions (name to boolean) choose count. A DependsOn on a resource
// whose condition is false is dropped. Errors: ValidationError "Circular dependency between
// resources: [A, B]"; a Ref or Fn::GetAtt, in resources or outputs, of a resource whose condition
// is false.
Result<Dependencies> find_dependencies(const Template& t, const Map& conditions);

// Is this resource or output in the stack at all?
bool holds(const std::string& condition, const Map& conditions);

}  // namespace mainstay::cfn
