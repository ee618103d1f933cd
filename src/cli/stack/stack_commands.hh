// The commands over a stacker configuration. Each add_ function declares one with its flags; when
// it is chosen, it runs and puts its result into exit_code.
#pragma once

#include <CLI/CLI.hpp>

namespace mainstay::cli {

void add_up(CLI::App& app, int& exit_code);
void add_down(CLI::App& app, int& exit_code);
void add_drift(CLI::App& app, int& exit_code);
void add_init(CLI::App& app, int& exit_code);
void add_watch(CLI::App& app, int& exit_code);
void add_import(CLI::App& app, int& exit_code);
void add_refactor(CLI::App& app, int& exit_code);
void add_prune(CLI::App& app, int& exit_code);
void add_diff(CLI::App& app, int& exit_code);
void add_pin_zones(CLI::App& app, int& exit_code);
void add_rehearse(CLI::App& app, int& exit_code);
void add_info(CLI::App& app, int& exit_code);
void add_status(CLI::App& app, int& exit_code);
void add_graph(CLI::App& app, int& exit_code);
void add_validate(CLI::App& app, int& exit_code);
void add_blueprints(CLI::App& app, int& exit_code);

}  // namespace mainstay::cli
