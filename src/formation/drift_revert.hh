// Drift-aware change sets (CreateChangeSet, DeploymentMode REVERT_DRIFT; user guide, "Using
// drift-aware change sets"): resources as they are, beside the last deployment and the new
// template.
//
// What is brought back: properties of the template that are otherwise, and resources that are gone.
// What is not: properties whose change would replace the resource, tags of keys that the template
// doesn't have, and what can't be read back.
#pragma once

#include <map>

#include "formation/definition.hh"
#include "formation/drift.hh"

namespace mainstay::formation {

struct ActualState {
  std::string status;                           // ResourceDriftStatus
  std::vector<PropertyDifference> differences;  // that are brought back
  // The resource's properties and tags, with what is different in the place of what was deployed.
  Value properties, tags;
  Value ignored = Value::list();  // ResourceDriftIgnoredAttributes
  bool is_gone() const { return status == "DELETED"; }
  bool is_brought_back() const { return is_gone() || !differences.empty(); }
};
using ActualStates = std::map<std::string, ActualState>;  // by logical id

// Of the resources that are there; asks the services, so not under the state's lock.
ActualStates read_actual_states(const Asker& asker, const StackKey& key,
                                const std::vector<Value>& resources);
// StackDriftStatus.
const char* drift_status_of(const ActualStates& states);

// Puts what drifted into the changes of a change set (as DescribeChangeSet tells them). now: the
// new template. What becomes as it is already is SyncWithActual.
void add_drift(List& changes, const ActualStates& states, const std::vector<Value>& resources,
               const Prepared& now, Time at);

// What an execution has to know of the resources that it brings back, by logical id.
Value kept_states(const ActualStates& states);

}  // namespace mainstay::formation
