// Scripts that complete mainstay's commands in a shell, made from the tree of commands itself.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace mainstay::cli {

struct CompletedOption {
  std::vector<std::string> names;  // "--color", "-e"
  std::string description;
  bool takes_value = false;
  std::vector<std::string> choices;  // of the value, where they are few and known
};

struct CompletedCommand {
  std::string path;                // "access can"; "" for the program
  std::vector<std::string> names;  // the last word of the path, and its aliases
  std::string description;
  std::vector<CompletedOption> options;
  std::vector<std::string> choices;  // of positionals
  std::vector<size_t> children;      // in the list
};

// The program first, each command before its own.
std::vector<CompletedCommand> completed_commands(CLI::App& app);

// A shell is "bash", "zsh" or "fish".
std::string completion_script(const std::vector<CompletedCommand>& commands,
                              const std::string& shell);

}  // namespace mainstay::cli
