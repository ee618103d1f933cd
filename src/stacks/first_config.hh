// A first configuration from the stacks that an account has: their templates as they are, and a
// configuration with which `up` finds nothing to change.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "stacks/cloudformation.hh"

namespace mainstay::stacks {

struct FirstConfig {
  std::string config;                            // the text of stacker.yml
  std::map<std::string, std::string> templates;  // by path, beside it
  std::vector<std::string> notes;                // what it leaves out, for people
  size_t stacks = 0;
};

// Of one region. name_space: only stacks that begin with it; "" for all. Nested stacks come with
// their parents. Limit: stacks_max of a configuration. Errors: AWS's.
Result<FirstConfig> first_config(const CloudFormation& cloud, const std::string& name_space);

}  // namespace mainstay::stacks
