// Asking a person at the terminal before something is done.
#pragma once

#include "cli/screen.hh"
#include "stacks/report.hh"

namespace mainstay::cli {

// A line from the terminal, without its end; nothing at the end of input.
std::optional<std::string> ask(const std::string& question);

// Answers y, n or v (show everything). Where nobody can be asked, error "ApprovalNeeded" with the
// flag that would have helped.
class TerminalApprover : public stacks::Approver {
 public:
  TerminalApprover(bool can_ask, bool approve_protected, Style style)
      : can_ask_(can_ask), approve_protected_(approve_protected), style_(style) {}
  Result<bool> approve(const std::string& stack, const std::string& why,
                       const std::vector<stacks::ResourceChange>& changes) override;

 private:
  bool can_ask_, approve_protected_;
  Style style_;
  std::mutex mutex_;  // one question at a time
};

}  // namespace mainstay::cli
