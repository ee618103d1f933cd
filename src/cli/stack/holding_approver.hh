// Questions of a run that shows its progress on a screen.
#pragma once

#include "cli/journal/redacting.hh"
#include "cli/screen/progress.hh"
#include "stacks/report.hh"

namespace mainstay::cli {

// Clears the screen for questions, which show no secrets.
class HoldingApprover : public stacks::Approver {
 public:
  HoldingApprover(stacks::Approver& inner, Progress& progress, const Secrets& secrets)
      : inner_(inner), progress_(progress), secrets_(secrets) {}
  Result<bool> approve(const stacks::ApprovalRequest& request) override {
    stacks::ApprovalRequest shown = request;
    for (auto& change : shown.changes) change = redacted(secrets_, std::move(change));
    for (auto& gain : shown.gains) gain = redacted(secrets_, std::move(gain));
    progress_.hold(true);
    auto answer = inner_.approve(shown);
    progress_.hold(false);
    return answer;
  }

 private:
  stacks::Approver& inner_;
  Progress& progress_;
  const Secrets& secrets_;
};

}  // namespace mainstay::cli
