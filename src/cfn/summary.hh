// What a template asks of whoever deploys it, as GetTemplateSummary and ValidateTemplate tell it.
#pragma once

#include <string>
#include <vector>

#include "cfn/template.hh"

namespace mainstay::cfn {

struct Capabilities {
  // "CAPABILITY_IAM", or "CAPABILITY_NAMED_IAM" where an IAM resource has a name of its own.
  std::vector<std::string> names;
  // In AWS's words: "The following resource(s) require capabilities: [AWS::IAM::Role]".
  std::string reason;
};

// The resources of AWS::IAM that need an acknowledgement (user guide, "Acknowledging IAM resources
// in CloudFormation templates"). CAPABILITY_AUTO_EXPAND is for macros, which are refused earlier.
Capabilities required_capabilities(const Template& t);

// The types in use, each once, in the template's order.
std::vector<std::string> resource_types(const Template& t);

}  // namespace mainstay::cfn
