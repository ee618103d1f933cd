// Fn::ForEach (AWS::LanguageExtensions): loops that make resources, properties, conditions,
// outputs.
#pragma once

#include "base/error.hh"
#include "cfn/template.hh"

namespace mainstay::cfn {

// Replaces every "Fn::ForEach::Name": [identifier, collection, body] in the document by what it
// stands for; positions follow. False where there was none. Collections may use parameters,
// pseudo parameters and mappings, but no resources.
Result<bool> expand_for_each(Template& t, const TemplateInputs& inputs);

}  // namespace mainstay::cfn
