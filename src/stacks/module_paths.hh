// Where the modules and templates of a configuration are looked for.
#pragma once

#include <string>
#include <vector>

#include "stacks/config.hh"

namespace mainstay::stacks {

// Of this process's current folder, without "." and "..".
std::string absolute_path(const std::string& path);

// Absolute: what sys_path says, from the current folder (as stacker has it) and from the
// configuration's; then the folders of package sources; then the configuration's own.
std::vector<std::string> module_paths(const Config& config);

}  // namespace mainstay::stacks
