// The hooks of a configuration, from its document.
#pragma once

#include "stacks/config.hh"

namespace mainstay::stacks {

// Of all four stages. Errors: "ConfigInvalid", with its place.
Result<std::vector<HookConfig>> read_hooks(const cfn::Document& document);

}  // namespace mainstay::stacks
