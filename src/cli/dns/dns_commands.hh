// The commands under `mainstay dns`. Each add_ function declares some; when one is chosen, it runs
// and puts its result into exit_code.
#pragma once

#include <CLI/CLI.hpp>

namespace mainstay::cli {

// `mainstay dns` with all of its commands.
void add_dns(CLI::App& app, int& exit_code);

void add_dns_plan(CLI::App& app, int& exit_code);  // plan, apply
void add_dns_import(CLI::App& app, int& exit_code);
void add_dns_check(CLI::App& app, int& exit_code);
void add_dns_status(CLI::App& app, int& exit_code);

}  // namespace mainstay::cli
