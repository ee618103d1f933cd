// Stacks that are arranged anew: resources under other logical ids and in other stacks than they
// are deployed, without being touched, by CloudFormation's stack refactoring.
//
// What is deployed is compared with what the configuration makes; a configuration from before only
// tells which stacks have left it. A stack that is to be made is made with a placeholder, and one
// that is emptied gets one, as CloudFormation knows no empty stacks; both go at the end. A run that
// was interrupted is ended by the next. Source: CloudFormation user guide, "Stack refactoring".
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "stacks/moves.hh"
#include "stacks/run.hh"

namespace mainstay::stacks {

// What one refactor of CloudFormation's does: of stacks in one account and region.
struct RefactorPlan {
  std::vector<ResourceMove> moves;
  std::vector<std::string> made, emptied;  // full names of stacks that come and go
};

struct RefactorRequest {
  const Config* from = nullptr;    // the configuration before; null: none of its stacks have left
  std::vector<std::string> pairs;  // "stack.Old=stack.New", with names as in the configurations
  bool only_look = false;          // confirm is told, and that is all
  // Asked once it is known what would be moved; an error ends it with nothing changed.
  std::function<Status(const std::vector<RefactorPlan>& plans)> confirm;
};

// Errors: those of find_moves; "RefactorRefused" with CloudFormation's reason; "NotSupported" for
// more than five stacks at once; those of a stack's failure. Nothing is counted as changed where
// nothing is to be moved.
Result<RunResult> refactor_stacks(Session& session, const RefactorRequest& request);

}  // namespace mainstay::stacks
