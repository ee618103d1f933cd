// What a template makes of its resources and outputs, once those that it refers to are there. Pure
// but for what the environment asks.
#pragma once

#include "formation/definition.hh"

namespace mainstay::formation {

// The document that a resource will be once made, without its tags: its properties evaluated and
// checked. Errors: ValidationError in AWS's words.
Result<Value> resource_document(const Prepared& prepared, cfn::Environment environment,
                                const std::string& region, const std::string& id);
// What Fn::GetAtt gives of a resource that is there. Error: ValidationError, it has no such one.
Result<Value> attribute_of(const Value& resource, const std::string& name);
// The stack's Outputs, those whose conditions hold.
Result<Value> evaluate_outputs(const Prepared& prepared, const cfn::Environment& environment);

}  // namespace mainstay::formation
