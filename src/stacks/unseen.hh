// What of a template we cannot judge by its text: values that come from where we don't look, or
// that CloudFormation hides from us. Whoever asks for consent has to take such changes at their
// worst.
#pragma once

#include <map>
#include <string>

#include "stacks/rendering.hh"

namespace mainstay::stacks {

// The resources whose properties or existence hang on such a parameter, each with its name: one
// read from SSM, or a NoEcho one that is given a value. Through conditions and Fn::If too: where
// one condition asks such a parameter, all of them count as doing so.
std::map<std::string, std::string> unseen_resources(const Rendered& rendered,
                                                    const Submission& submission);

}  // namespace mainstay::stacks
