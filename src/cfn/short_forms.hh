// CloudFormation's YAML short forms: !Ref x is {"Ref": "x"}, !GetAtt a.b {"Fn::GetAtt": ["a",
// "b"]}.
#pragma once

#include <string>
#include <string_view>

#include "cfn/document.hh"

namespace mainstay::cfn {

// The long name of a tag such as "!Sub", or "" where CloudFormation has none such.
std::string long_form_name(std::string_view tag);

// Wraps a value into its long form; the new parts stand at the tag's place.
void apply_short_form(const std::string& name, Place tag_place, Value& value, Places& places);

}  // namespace mainstay::cfn
