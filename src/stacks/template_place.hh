// CloudFormation refuses templates without saying where in the text. We read them by the same
// rules, so what we find wrong in the same words has its place.
#pragma once

#include "base/error.hh"
#include "cfn/document.hh"

namespace mainstay::stacks {

// Where the template has the fault that the refusal tells of; unknown where it tells of another.
Position place_of_refusal(const Error& refusal, const cfn::Document& document);

}  // namespace mainstay::stacks
