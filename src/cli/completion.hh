// Scripts that complete mainstay's commands in a shell, made from the tree of commands itself.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "host/files.hh"
#include "host/surroundings.hh"

namespace mainstay::cli {

struct CompletedOption {
  std::vector<std::string> names;  // "--color", "-e"
  std::string description;
  bool takes_value = false;
  std::vector<std::string> choices;  // of the value, where they are few and known
  std::string asked_for;  // "profiles" or "stacks": `completion words` lists them; "" for neither
};

struct CompletedCommand {
  std::string path;                // "access can"; "" for the program
  std::vector<std::string> names;  // the last word of the path, and its aliases
  std::string description;
  std::vector<CompletedOption> options;
  std::vector<std::string> choices;  // of positionals
  std::vector<size_t> children;      // in the list
};

// The profiles of the AWS configuration, or the stacks of the configuration that is among the words
// of a command line; none where that can't be read.
std::vector<std::string> completed_words(const std::string& what,
                                         const std::vector<std::string>& line,
                                         const Environment& environment, const Files& files);

// The program first, each command before its own.
std::vector<CompletedCommand> completed_commands(CLI::App& app);

// A shell is "bash", "zsh" or "fish".
std::string completion_script(const std::vector<CompletedCommand>& commands,
                              const std::string& shell);

}  // namespace mainstay::cli
