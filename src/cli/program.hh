// The program's command line: every command with its flags.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/error.hh"

namespace mainstay::cli {

class Program {
 public:
  Program();
  // Runs the command that the arguments name, and gives the exit code.
  int run(int argc, const char* const* argv);
  // For those who make something of the tree of commands.
  CLI::App& app() { return app_; }

 private:
  int run_command(int argc, const char* const* argv);
  Error misused(const CLI::ParseError& error, const std::vector<std::string>& words);

  CLI::App app_;
  int exit_code_ = 0;
};

}  // namespace mainstay::cli
