// The commands about the program itself. Each add_ function declares one with its flags; when it is
// chosen, it runs and puts its result into exit_code.
#pragma once

#include <CLI/CLI.hpp>

namespace mainstay::cli {

void add_help(CLI::App& app, int& exit_code);
void add_version(CLI::App& app);
void add_man(CLI::App& app);
void add_explain(CLI::App& app, int& exit_code);
void add_schema(CLI::App& app, int& exit_code);
// app must have all of its commands by the time that this one runs.
void add_completion(CLI::App& app, int& exit_code);

}  // namespace mainstay::cli
