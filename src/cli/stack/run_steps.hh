// What the commands that change stacks have in common.
#pragma once

#include "cli/stack/stack_run.hh"
#include "stacks/run.hh"

namespace mainstay::cli {

// Says how the run ended, writes it into the journal, and gives the exit code.
Exit conclude(StackRun& run, const Result<stacks::RunResult>& result, bool deletes);

// Nothing is deleted without a yes: -f, or the namespace typed at the terminal. Error
// "ApprovalNeeded".
Status confirm_deletion(StackRun& run, const StackFlags& flags);

// The commands themselves, for those that do them again.
Exit run_up(const StackFlags& flags);
Exit run_diff(const StackFlags& flags, bool exit_code_for_changes);

}  // namespace mainstay::cli
