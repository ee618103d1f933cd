// Pre-deployment validation (user guide, "Validate stack deployments"): what an operation would
// fail for certain is told before anything is made.
#pragma once

#include <string>
#include <vector>

#include "formation/definition.hh"
#include "formation/plan.hh"

namespace mainstay::formation {

// existing: physical ids of what is there by the names of resources that the plan adds, by logical
// id (existing_by_name). imports: those of them that are taken over. A finding is a map of
// DescribeEvents' members, LogicalResourceId, ResourceType and Validation….
std::vector<Value> validate_plan(const Prepared& prepared, const Plan& plan, const Value& existing,
                                 const Value& imports);

// The change set's StatusReason; "" where nothing was found.
std::string status_reason(const std::vector<Value>& findings);

// Keeps what was found of an operation until the stack's next one that finds something: table
// "finding", by UUID/operation/number. DescribeEvents tells them.
void keep_findings(Call& call, const StackKey& key, const std::string& operation,
                   std::vector<Value> findings);

}  // namespace mainstay::formation
