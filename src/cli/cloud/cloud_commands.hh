// The commands under `mainstay cloud`. Each add_ function declares one; when it is chosen, it runs
// and puts its result into exit_code.
#pragma once

#include <CLI/CLI.hpp>

namespace mainstay::cli {

// `mainstay cloud` with all of its commands.
void add_cloud(CLI::App& app, int& exit_code);

void add_cloud_serve(CLI::App& cloud, int& exit_code);
void add_cloud_status(CLI::App& cloud, int& exit_code);
void add_cloud_env(CLI::App& cloud, int& exit_code);
void add_cloud_coverage(CLI::App& cloud, int& exit_code);
void add_cloud_clock(CLI::App& cloud, int& exit_code);
void add_cloud_fork(CLI::App& cloud, int& exit_code);
void add_cloud_forks(CLI::App& cloud, int& exit_code);
void add_cloud_drop(CLI::App& cloud, int& exit_code);
void add_cloud_zones(CLI::App& cloud, int& exit_code);
void add_cloud_export(CLI::App& cloud, int& exit_code);
void add_cloud_import(CLI::App& cloud, int& exit_code);
void add_cloud_reset(CLI::App& cloud, int& exit_code);
void add_cloud_repair(CLI::App& cloud, int& exit_code);
void add_cloud_stop(CLI::App& cloud, int& exit_code);

}  // namespace mainstay::cli
