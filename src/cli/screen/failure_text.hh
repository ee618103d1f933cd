// The screen that says why a stack failed: the cause first, why it came to that as far as it can be
// known, what it meant for the rest, and what to do next.
#pragma once

#include <optional>
#include <string>

#include "cli/screen/screen.hh"
#include "stacks/report.hh"

namespace mainstay::cli {

// Commands to suggest; "" suggests none.
struct NextCommands {
  std::string again;   // runs it again
  std::string target;  // flags that say where, for commands about access: " --profile prod"
};

// What AWS says of a request that it denied. Source: IAM User Guide, "Troubleshoot access denied
// error messages".
struct Denial {
  std::string actor, action;
  std::string resource;  // "*" where it names none
  std::string decided;   // "explicit deny in a permissions boundary"; "" where it doesn't say
};
std::optional<Denial> denial_in(std::string_view reason);

std::string failure_text(const std::string& stack, const Error& error,
                         const std::optional<stacks::Failure>& failure, const Files& files,
                         const Style& style, const NextCommands& next);

}  // namespace mainstay::cli
