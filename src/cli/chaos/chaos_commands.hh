// The commands under `mainstay chaos`.
#pragma once

#include <CLI/CLI.hpp>

namespace mainstay::cli {

// `mainstay chaos` with all of its commands.
void add_chaos(CLI::App& app, int& exit_code);

void add_chaos_attack(CLI::App& chaos, int& exit_code);
void add_chaos_guard(CLI::App& chaos, int& exit_code);
void add_chaos_halt(CLI::App& chaos, int& exit_code);
void add_chaos_status(CLI::App& chaos, int& exit_code);  // status, audit, kinds

}  // namespace mainstay::cli
