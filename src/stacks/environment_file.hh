// Environment files: what a configuration's ${key} stand for. Two forms, as stacker has them:
// "key: value" lines, whose values are text put into the raw configuration; and YAML (a file named
// .yaml or .yml), whose values keep their types and are put in after the configuration is read.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::stacks {

struct EnvironmentFile {
  Map values;
  bool typed = false;  // from YAML
};

// Errors: "EnvironmentInvalid" with file and line. A key that comes twice is one.
Result<EnvironmentFile> parse_environment(std::string_view text, const std::string& file);

// "KEY=VALUE", as -e has it; goes before what the file says.
Status add_override(EnvironmentFile& environment, std::string_view assignment);

}  // namespace mainstay::stacks
