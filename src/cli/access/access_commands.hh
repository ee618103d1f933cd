// The commands about who may do what. Each add_ function declares one under `mainstay access`; when
// it is chosen, it runs and puts its result into exit_code.
#pragma once

#include <CLI/CLI.hpp>

namespace mainstay::cli {

// `mainstay access` with all of its commands.
void add_access(CLI::App& app, int& exit_code);

void add_access_fetch(CLI::App& access, int& exit_code);
void add_access_can(CLI::App& access, int& exit_code);
void add_access_who(CLI::App& access, int& exit_code);
void add_access_what(CLI::App& access, int& exit_code);
void add_access_path(CLI::App& access, int& exit_code);
void add_access_blast(CLI::App& access, int& exit_code);
void add_access_share(CLI::App& access, int& exit_code);
void add_access_explain(CLI::App& access, int& exit_code);
void add_access_diff(CLI::App& access, int& exit_code);
void add_access_check(CLI::App& access, int& exit_code);
void add_access_tighten(CLI::App& access, int& exit_code);

}  // namespace mainstay::cli
