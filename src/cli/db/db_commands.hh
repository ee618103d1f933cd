// The commands under `mainstay db`. Each add_ function declares some; when one is chosen, it runs
// and puts its result into exit_code.
#pragma once

#include <CLI/CLI.hpp>

namespace mainstay::cli {

// `mainstay db` with all of its commands.
void add_db(CLI::App& app, int& exit_code);

void add_db_copy(CLI::App& app, int& exit_code);
void add_db_status(CLI::App& app, int& exit_code);
void add_db_verify(CLI::App& app, int& exit_code);
void add_db_upgrade(CLI::App& app, int& exit_code);
void add_db_storage(CLI::App& app, int& exit_code);

}  // namespace mainstay::cli
