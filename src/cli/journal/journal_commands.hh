// The commands that read the journal of the program's own runs. Each add_ function declares one
// with its flags; when it is chosen, it runs and puts its result into exit_code.
#pragma once

#include <CLI/CLI.hpp>

namespace mainstay::cli {

void add_history(CLI::App& app, int& exit_code);
void add_events(CLI::App& app, int& exit_code);
void add_review(CLI::App& app, int& exit_code);

}  // namespace mainstay::cli
