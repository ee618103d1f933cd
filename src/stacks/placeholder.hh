// What stands for a resource that is known only to its template: texts in the form of the real
// ones, "<Table>" and "arn:aws:dynamodb:us-east-1:123456789012:table/<Table>", so that policies
// that refer to it can be read.
#pragma once

#include <string>

#include "cfn/evaluate.hh"
#include "cfn/schema.hh"

namespace mainstay::stacks {

// Of Ref, where attribute is "", or of Fn::GetAtt. schema may be null.
std::string placeholder(const std::string& logical_id, const std::string& type,
                        const std::string& attribute, const cfn::Schema* schema,
                        const cfn::PseudoParameters& pseudo);

// "<Table>" as people read it: Table.
std::string without_brackets(const std::string& text);

}  // namespace mainstay::stacks
