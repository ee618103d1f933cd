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
  resource,   // {LogicalId: {properties}}: one resource of the type named in resource_type
  resources,  // any number of them
  parameter,  // of the template, of the type named in resource_type; its value goes by the side
};

struct Variable {
  std::string_view name;
  VariableType type;
  bool required = false;
  Value otherwise;  // used where the variable is not given; null: absent
  std::string_view description;
  std::string_view resource_type;
  const Value* details = nullptr;  // of a declaration: what more it says
};

struct RenderInput {
  std::string name;       // of the stack, in the configuration
  std::string full_name;  // in AWS
  Value variables;        // checked against the table and filled up with defaults
};

struct Blueprint {
  std::string_view name;  // "stacker_blueprints.vpc.VPC2"
  std::string_view description;
  std::span<const Variable> variables;
  // A template of Resources, Outputs and what else it needs. Errors: "BlueprintInvalid".
  Result<Value> (*render)(const Blueprint& self, const RenderInput& input);
  const Value* declaration = nullptr;
};

// Every blueprint, sorted by name.
const std::vector<Blueprint>& all();
// Error "BlueprintUnknown" with the nearest name.
Result<const Blueprint*> find(std::string_view name);

// Variables that the blueprint does not know. stacker ignores them, and configurations that share
// variables among stacks count on that; they are worth a warning.
std::vector<std::string> unknown_variables(const Blueprint& blueprint, const Value& variables);

// Checks the variables and renders. Errors: "VariableInvalid", "VariableMissing",
// "BlueprintInvalid"; where a variable is at fault, the context names it as "variable NAME".
Result<Value> render(const Blueprint& blueprint, const RenderInput& input);

}  // namespace mainstay::blueprints
