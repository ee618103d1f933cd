// What an update would do: the changes between two templates with their parameters.
//
// Nothing is asked of AWS but what the environments answer. References to resources stay unknown
// ("${Vpc}", "${Vpc.Arn}"), equal on both sides; then every replacement is carried along the
// references to it, through every function, until nothing new turns up. The terms are those of
// DescribeChangeSet (API reference, ResourceChange and ResourceChangeDetail).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"
#include "cfn/evaluate.hh"
#include "cfn/schema.hh"
#include "cfn/template.hh"

namespace mainstay::cfn {

enum class Action : uint8_t { add, modify, remove };
enum class Replacement : uint8_t { no, conditional, yes };
enum class ChangeSource : uint8_t {
  direct_modification,
  parameter_reference,
  resource_reference,
  resource_attribute,
  automatic
};
const char* action_name(Action a);            // "Add", "Modify", "Remove"
const char* replacement_name(Replacement r);  // "False", "Conditional", "True"
const char* source_name(ChangeSource s);      // "DirectModification", ...

// One reason for a change, a ResourceChangeDetail.
struct Cause {
  std::string attribute{};  // "Properties", "Metadata", "CreationPolicy", "UpdatePolicy",
                            // "DeletionPolicy", "UpdateReplacePolicy" or "Tags"
  std::string name{};       // the property, for "Properties"
  Path path{};              // in the template, from its root
  Position at{};            // there, in the new template
  Recreation recreation = Recreation::never;
  bool is_static = true;  // the new value is known now, and differs
  ChangeSource source = ChangeSource::direct_modification;
  std::string entity{};  // parameter "Env", resource "Vpc", attribute "Vpc.Arn"
  Value before{},
      after{};          // null where absent or not known; bytes hold an expression such as "${Vpc}"
  bool certain = true;  // false: the value may turn out the same
};

struct ResourceChange {
  std::string logical_id;
  std::string type;
  Action action = Action::modify;
  Replacement replacement = Replacement::no;  // as DescribeChangeSet says it
  bool replacement_certain = false;           // our own verdict: it will be replaced
  std::vector<std::string> scope;             // the causes' attributes, each once
  std::vector<Cause> causes;
  Position at;  // of the resource; in the old template if removed
};

// One side of the comparison. ref and get_att of the environment are not called.
struct Side {
  const Template* tmpl = nullptr;
  const Map* parameters = nullptr;  // from resolve_parameters
  const Environment* environment = nullptr;
};

struct PlanOptions {
  // The type's schema, or nullptr where there is none; must live while planning.
  std::function<const Schema*(const std::string& type)> schema;
  // What a change asks for, where the deployment knows better than the schema; else the schema's
  // word. before, after: all properties of the resource; null where they are not known.
  std::function<Recreation(const std::string& type, const Path& path, const Value& before,
                           const Value& after)>
      recreation;
  bool stack_tags_changed = false;
  // Change sets list every nested stack as changed (source Automatic); so does this.
  bool nested_stacks_change = false;
};

// Adds and changes in the new template's order, then what is removed; resources that stay as they
// are don't appear. Errors: those of evaluation, and ValidationError where a resource changes type.
Result<std::vector<ResourceChange>> plan_changes(const Side& before, const Side& after,
                                                 const PlanOptions& options);

}  // namespace mainstay::cfn
