// The commands that change things: up and down. Each walks the plan in parallel and reports as it
// goes; what fails takes its dependents with it, and nothing else.
#pragma once

#include "stacks/plan.hh"
#include "stacks/session.hh"

namespace mainstay::stacks {

struct RunResult {
  size_t done = 0, changed = 0, skipped = 0, failed = 0, cancelled = 0;
  size_t declined = 0;  // of the skipped: somebody was asked, and said no
  // Of the failures, the one that matters most decides the exit code.
  std::vector<Error> errors;
};

// Error only for what keeps the run from starting.
Result<RunResult> bring_up(Session& session);
Result<RunResult> take_down(Session& session);

// Names in the order in which a run takes them, one after the other.
Result<std::vector<std::string>> outline(const Config& config, const std::set<std::string>& targets,
                                         bool down);

}  // namespace mainstay::stacks
