// The "file" lookup, and what other lookups share with it: reading file://PATH.
#pragma once

#include "stacks/lookups.hh"

namespace mainstay::stacks {

// "file://PATH" gives the file's text, PATH being relative to the configuration; anything else is
// the text itself, as stacker has it. Limit: 1 MiB.
Result<std::string> read_file_reference(const std::string& text, const LookupContext& context);

// "CODEC:file://PATH". Codecs: plain, base64, parameterized, parameterized-b64, yaml,
// yaml-parameterized, json, json-parameterized. "{{Name}}" becomes a Ref in parameterized ones.
Result<Value> look_up_file(const std::string& data, const LookupContext& context);

}  // namespace mainstay::stacks
