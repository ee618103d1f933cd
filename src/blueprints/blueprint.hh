// Blueprints: programs that make CloudFormation templates from variables, under the names that
// stacker configurations know them by. Each is a table of its variables and one function.
//
// Pure. Threads: any.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::blueprints {

enum class VariableType : uint8_t {
  text,
  boolean,
  integer,
  list,
  map,
  resource,  // {LogicalId: {properties}}: one resource of the type named in resource_type
};

struct Variable {
  std::string_view name;
  VariableType type;
  bool required = false;
  Value otherwise;  // used where the variable is not given; null: absent
  std::string_view description;
  std::string_view resource_type;
};

struct Blueprint {
  std::string_view name;  // "stacker_blueprints.vpc.VPC2"
  std::string_view description;
  std::span<const Variable> variables;
  // From variables that were checked against the table and filled up with defaults, a template of
  // Resources and Outputs. Errors: "BlueprintInvalid".
  Result<Value> (*render)(const Value& variables);
};

// Every blueprint, sorted by name.
std::span<const Blueprint> all();
// Error "BlueprintUnknown" with the nearest name.
Result<const Blueprint*> find(std::string_view name);

// Variables that the blueprint does not know. stacker ignores them, and configurations that share
// variables among stacks count on that; they are worth a warning.
std::vector<std::string> unknown_variables(const Blueprint& blueprint, const Value& variables);

// Checks the variables and renders. Errors: "VariableInvalid", "VariableMissing",
// "BlueprintInvalid"; where a variable is at fault, the context names it as "variable NAME".
Result<Value> render(const Blueprint& blueprint, const Value& variables);

}  // namespace mainstay::blueprints
