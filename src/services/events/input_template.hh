// Templates of targets' inputs: text or JSON with <variables>.
//
// A variable outside of a string stands for JSON; within one for its bare text. A template that is
// one string takes lists and objects, too, without their quotes; within the strings of other JSON
// they make none, and nothing is delivered. What a path did not find is empty. Source: "Amazon
// EventBridge input transformation", and deliveries recorded on AWS.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::events {

// variables: by name; those that are null were not found. Names that are none stay as they stand.
// Error "InvalidJson": what comes out is no JSON.
Result<std::string> fill_template(std::string_view text, const Value& variables);

}  // namespace mainstay::events
