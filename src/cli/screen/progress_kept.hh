// Progress that also keeps how long each operation took, for the runs to come.
#pragma once

#include "cli/screen/progress.hh"
#include "cli/screen/run_history.hh"

namespace mainstay::cli {

struct KeptRuns {
  RunHistory history;
  std::string path;
  std::string target;  // where the run goes, as part of stacks' addresses
  std::string address_of(const stacks::OperationReport& report) const;
};

// Saves when it is finished; what can't be saved is warned of.
std::unique_ptr<Progress> kept_progress(std::unique_ptr<Progress> inner,
                                        std::shared_ptr<KeptRuns> runs, Clock& clock, Files& files);

}  // namespace mainstay::cli
