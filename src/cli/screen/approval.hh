// Asking a person at the terminal before something is done, and what was allowed beforehand.
#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <stop_token>

#include "cli/screen/screen.hh"
#include "stacks/report.hh"

namespace mainstay::cli {

// A line from the terminal, without its end; nothing at the end of input, or once stopped.
std::optional<std::string> ask(const std::string& question, std::stop_token stop = {});

// What --approve allows: "protected", "replace", "access", and "data:STACK" for each stack of which
// data may be lost.
struct Approvals {
  std::set<stacks::Consent> consents;
  std::set<std::string> data_of;

  // Error "UsageInvalid" naming what is not known, and the nearest that is.
  static Result<Approvals> parse(const std::string& text);
  std::set<stacks::Consent> missing(const std::string& stack,
                                    const std::set<stacks::Consent>& needed) const;
};

// "--approve=access,data:orders"; "" where nothing is needed.
std::string approve_flag(const std::map<std::string, std::set<stacks::Consent>>& needed_by_stack);

// Answers y, n or v (show everything); data is given up only by typing the stack's name. Where
// nobody can be asked, error "ApprovalNeeded" with the flag that would have helped.
class TerminalApprover : public stacks::Approver {
 public:
  // Once stopped, an open question counts as answered with no.
  TerminalApprover(bool can_ask, Approvals approvals, Style style, std::stop_token stop = {})
      : can_ask_(can_ask), approvals_(std::move(approvals)), style_(style), stop_(stop) {}
  Result<bool> approve(const stacks::ApprovalRequest& request) override;

 private:
  bool can_ask_;
  Approvals approvals_;
  Style style_;
  std::stop_token stop_;
  std::mutex mutex_;  // one question at a time
};

}  // namespace mainstay::cli
