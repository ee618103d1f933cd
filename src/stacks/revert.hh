// Taking back what was changed by hand, by CloudFormation's drift-aware change sets: under the
// template and the parameters that are deployed.
// Source: CloudFormation user guide, "Using drift-aware change sets".
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "stacks/diff.hh"
#include "stacks/run.hh"

namespace mainstay::stacks {

// What would be brought back of each stack that has drifted; an error ends it with nothing changed.
using ConfirmRevert = std::function<Status(const std::vector<StackDiff>& diffs)>;

// Of the session's targets, those that are deployed. Nothing is done before all of them were looked
// at. Errors: "NotSupported" where CloudFormation is not one that knows such change sets, or where
// one would replace or delete something; those of a stack's failure.
Result<RunResult> revert_drift(Session& session, const ConfirmRevert& confirm);

}  // namespace mainstay::stacks
