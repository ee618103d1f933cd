// Lookups with arguments, as runway and sceptre have them: "NAME::default=x,region=eu-west-1".
// Sources: runway's documentation, "Lookups"; sceptre's, "Resolvers".
#pragma once

#include "stacks/lookups.hh"

namespace mainstay::stacks {

Result<Value> look_up_cfn(const std::string& data, const LookupContext& context);
Result<Value> look_up_env(const std::string& data, const LookupContext& context);
Result<Value> look_up_var(const std::string& data, const LookupContext& context);
Result<Value> look_up_ssm(const std::string& data, const LookupContext& context);
Result<Value> look_up_ecr(const std::string& data, const LookupContext& context);
Result<Value> look_up_random_string(const std::string& data, const LookupContext& context);

}  // namespace mainstay::stacks
