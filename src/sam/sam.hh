// The transform AWS::Serverless-2016-10-31 (AWS SAM): a template's AWS::Serverless resources become
// the CloudFormation resources that the SAM developer guide says ("Generated CloudFormation
// resources").
//
// Pure. Errors: code "TransformFailed", in SAM's words: "Invalid Serverless Application
// Specification document. Number of errors found: 1. Resource with id [F] is invalid. …"; all
// faults at once.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::sam {

inline constexpr std::string_view transform_name = "AWS::Serverless-2016-10-31";

struct Surroundings {
  Map parameters;  // what Ref of each gives, where it is known
  std::string partition = "aws";
  // The ARN of an AWS managed policy by its name, "" where there is none.
  std::function<std::string(const std::string& name)> managed_policy;
};

// root: a template without its Transform section, as the transform gets it.
Result<Value> translate(const Value& root, const Surroundings& around);

}  // namespace mainstay::sam
