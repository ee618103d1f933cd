// The commands under `mainstay app`. Each add_ function declares some; when one is chosen, it runs
// and puts its result into exit_code.
#pragma once

#include <CLI/CLI.hpp>

namespace mainstay::cli {

// `mainstay app` with all of its commands.
void add_app(CLI::App& app, int& exit_code);

void add_app_create(CLI::App& app, int& exit_code);
void add_app_deploy(CLI::App& app, int& exit_code);
void add_app_release(CLI::App& app, int& exit_code);  // releases, rollback
void add_app_scale(CLI::App& app, int& exit_code);
void add_app_variable(CLI::App& app, int& exit_code);  // set, unset, env
void add_app_show(CLI::App& app, int& exit_code);      // list, info, ps
void add_app_run(CLI::App& app, int& exit_code);
void add_app_destroy(CLI::App& app, int& exit_code);

}  // namespace mainstay::cli
