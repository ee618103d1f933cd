// A run as it is written into the journal (journal/journal.hh): its beginning before anything is
// changed, each stack as it ends, its end. What can't be written is warned of once; the run goes
// on.
//
// Threads: any. Owner: the run.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "cli/screen/progress.hh"
#include "journal/journal.hh"

namespace mainstay::cli {

class RunJournal {
 public:
  struct Setup {
    Files& files;
    const Clock& clock;
    const Secrets& secrets;
    std::string folder, run;
  };
  explicit RunJournal(Setup setup)
      : setup_(std::move(setup)), journal_(setup_.files, setup_.folder) {}

  void begin(journal::RunBegun begun);
  void begins(const stacks::OperationReport& report);
  void step(const stacks::StepReport& report);
  void failure(const std::string& stack, const Error& error,
               const std::optional<stacks::Failure>& failure);
  // Only the first counts; nothing where none was begun.
  void end(journal::RunEnded ended);
  // Where a warning goes; before begin().
  void on_warning(std::function<void(const std::string&)> warn) { warn_ = std::move(warn); }

 private:
  struct Work {
    stacks::StepReport last;
    std::string operation;
    int64_t since_ms = 0;
  };
  void write(decltype(journal::Entry::what) what, bool synced);
  void write_stack(const std::string& stack, const std::string& outcome, const std::string& reason);

  Setup setup_;
  journal::Journal journal_;
  std::function<void(const std::string&)> warn_;
  std::mutex mutex_;
  std::map<std::string, Work> work_;
  bool begun_ = false, ended_ = false, warned_ = false;
  int64_t began_ms_ = 0;
};

// Progress that also tells the journal.
std::unique_ptr<Progress> journalled_progress(std::unique_ptr<Progress> inner,
                                              std::shared_ptr<RunJournal> journal);

}  // namespace mainstay::cli
