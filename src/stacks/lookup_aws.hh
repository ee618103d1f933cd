// Lookups whose values are at AWS. Forms: docs/stacks.md.
#pragma once

#include "stacks/lookups.hh"

namespace mainstay::stacks {

Result<Value> look_up_ssmstore(const std::string& data, const LookupContext& context);
Result<Value> look_up_kms(const std::string& data, const LookupContext& context);
Result<Value> look_up_ami(const std::string& data, const LookupContext& context);
Result<Value> look_up_dynamodb(const std::string& data, const LookupContext& context);

Error wrong_form(const std::string& data, std::string_view form);

}  // namespace mainstay::stacks
