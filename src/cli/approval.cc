#include "cli/approval.hh"

#include <fmt/core.h>

#include <iostream>

#include "base/text.hh"
#include "cli/change_text.hh"

namespace mainstay::cli {

std::optional<std::string> ask(const std::string& question) {
  std::fwrite(question.data(), 1, question.size(), stderr);
  std::fflush(stderr);
  std::string line;
  if (!std::getline(std::cin, line)) return std::nullopt;
  return std::string(trim(line));
}

Result<bool> TerminalApprover::approve(const std::string& stack, const std::string& why,
                                       const std::vector<stacks::ResourceChange>& changes) {
  if (approve_protected_) return true;
  if (!can_ask_)
    return Error("ApprovalNeeded", "the changes of stack " + stack + " need a yes, since " + why +
                                       ", and there is no terminal to ask at")
        .with_hint("look at `mainstay diff`, then run again with --approve");
  std::scoped_lock lock(mutex_);
  std::string text = fmt::format("{}: {}\n", printable(stack), counts_text(changes));
  for (const stacks::ResourceChange& change : changes) {
    stacks::ResourceChange brief = change;
    brief.details.clear();
    text += change_text(brief, nullptr, style_);
  }
  while (true) {
    auto answer = ask(text + "Execute these changes? [y/N/v] ");
    if (!answer || answer->empty() || *answer == "n" || *answer == "N") return false;
    if (*answer == "y" || *answer == "Y") return true;
    text.clear();
    if (*answer == "v")
      for (const stacks::ResourceChange& change : changes)
        text += change_text(change, nullptr, style_);
  }
}

}  // namespace mainstay::cli
