// What a run would do, seen by doing it on a copy: who said what, for `rehearse` and
// `up --rehearse`.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/screen/exit_codes.hh"
#include "cli/screen/progress.hh"
#include "cli/stack/stack_flags.hh"

namespace mainstay::cli {

struct RehearsedStack {
  std::string stack;
  stacks::StepState state = stacks::StepState::waiting;
  std::string reason;
  bool changed = false;
  std::optional<Error> error;
  std::optional<stacks::Failure> failure;
};

// Threads: any; read once the run is over.
class RehearsalRecord {
 public:
  void step(const stacks::StepReport& report);
  void failure(const std::string& stack, const Error& error,
               const std::optional<stacks::Failure>& failure);
  void consent(const std::string& stack, const std::set<stacks::Consent>& consents);
  void unproven(std::string what);

  // In the order in which they were begun.
  std::vector<RehearsedStack> stacks() const;
  const std::map<std::string, std::set<stacks::Consent>>& consents() const { return consents_; }
  const std::vector<std::string>& what_is_unproven() const { return unproven_; }

 private:
  RehearsedStack& at(const std::string& stack);

  mutable std::mutex mutex_;
  std::vector<RehearsedStack> stacks_;
  std::map<std::string, std::set<stacks::Consent>> consents_;
  std::vector<std::string> unproven_;
};

// Passes everything on, and writes down how the stacks end.
std::unique_ptr<Progress> recorded_progress(std::unique_ptr<Progress> inner,
                                            std::shared_ptr<RehearsalRecord> record);

// Says yes to everything, and writes down to what.
std::unique_ptr<stacks::Approver> agreeing_approver(std::shared_ptr<RehearsalRecord> record);

// Rehearses what `up` would do with these flags, and says it. ok: all would be done, and nothing
// is left unproven.
Exit run_rehearsal(const StackFlags& flags);

}  // namespace mainstay::cli
