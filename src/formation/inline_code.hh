// Code that a template gives inline (AWS::Lambda::Function Code, "ZipFile"): packed under the name
// that CloudFormation gives it, with the module that answers for custom resources beside it.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hh"

namespace mainstay::formation {

// The same code makes the same bytes, so that an unchanged function stays unchanged.
Result<std::string> pack_inline_code(std::string_view runtime, const std::string& text);

}  // namespace mainstay::formation
