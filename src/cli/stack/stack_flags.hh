// The flags that the commands over a configuration share, under stacker's names.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cli/target/target.hh"

namespace mainstay::cli {

struct StackFlags {
  std::string verb;                // the command's name
  std::vector<std::string> files;  // [ENVFILE] CONFIG
  std::vector<std::string> assignments;
  TargetOptions target;
  std::string colour = "auto";
  bool json = false;
  std::string json_into;  // a file for the lines of JSON, beside the text for people
  bool verbose = false;
  bool interactive = false, replacements_only = false, recreate_failed = false;
  std::string approve;    // see Approvals
  bool rehearse = false;  // first, and nothing where that fails
  std::string plan;       // that `diff` has shown
  bool outline = false, tail = false, yes = false;
  std::vector<std::string> force, targets;
  size_t at_once = 0;
  std::string dump_directory;
  bool continue_rollback = false;
  std::vector<std::string> skipped_resources;  // "STACK:ID"
  std::string break_lock;  // the run whose lock of the persistent graph is not to count
  bool offline = false;    // nothing is asked of AWS; see stacks/validate.hh
};

// The command line that does the same again, for people to copy.
std::string again_command(const StackFlags& flags);
// Those that say where it goes, as they would be typed; with a space at the end.
std::string target_flags(const TargetOptions& target);
// Those that say what a run is about, and where it goes, as they would be typed; with a space at
// the end. Values of -e are left out, since they may be secrets.
std::string repeated_flags(const StackFlags& flags);

void add_target_flags(CLI::App& command, TargetOptions& target);
void add_common_flags(CLI::App& command, StackFlags& flags);
void add_target_names(CLI::App& command, StackFlags& flags, const std::string& what);
void add_approve_flag(CLI::App& command, StackFlags& flags);
void add_graph_flags(CLI::App& command, StackFlags& flags);
void add_parallel_flags(CLI::App& command, StackFlags& flags);

}  // namespace mainstay::cli
