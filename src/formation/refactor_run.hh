// Carrying out a stack refactor, in one unit of CloudFormation's state: after kill -9 each resource
// still has one owner, the old or the new.
//
// A refactor is a document of table "refactor", by its id: the members that DescribeStackRefactor
// and ListStackRefactorActions tell, and
//   _stacks   what each stack will be: StackId, IsNew, Stack (of a new one), Stamp, Definition,
//             Outputs, Imports
//   _resources  To and From ({StackId, LogicalResourceId}), Wanted (_needs, _shown), IsManual
// While a stack's Stamp stays, nothing has been done to the stack since the refactor was made.
#pragma once

#include "cloud/cloud.hh"
#include "formation/records.hh"

namespace mainstay::formation {

inline constexpr const char* refactor_reaction = "refactor";

Value stamp_of(const Value& stack);
// Why the refactor can't be executed any more: "ARN: Stack was updated."; "" if it can.
std::string obsolete_reason(const Call& call, const Value& refactor);

// The reaction that ExecuteStackRefactor asks for. What stands against it ends in EXECUTE_FAILED.
Status run_refactor(Call& call, const Value& id);

}  // namespace mainstay::formation
