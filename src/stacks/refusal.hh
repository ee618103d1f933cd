// What CloudFormation would refuse of a new stack, told without asking it (a change set would leave
// an empty stack behind).
#pragma once

#include "stacks/knowledge.hh"
#include "stacks/rendering.hh"

namespace mainstay::stacks {

// Its reason, in AWS's words, with its place in the template; nothing where none is known.
// What hangs on values that are not known yet, and what a transform makes, is not judged.
std::optional<Error> refusal_of(const Rendered& rendered, const Submission& submission,
                                const std::string& region, const Knowledge& knowledge);

// In texts: an output of a stack that changes first, as in "<vpc.Id: not known yet>".
std::string unknown_output(const std::string& stack, const std::string& output);
bool is_unknown(std::string_view text);
bool has_unknown(const Submission& submission);

}  // namespace mainstay::stacks
