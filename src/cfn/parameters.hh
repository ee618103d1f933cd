// Template parameters: their declarations, and the values that a stack gets.
//
// Types and constraints: CloudFormation user guide, "Parameters". A pattern is matched as a whole
// (pattern.hh).
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"
#include "cfn/template.hh"

namespace mainstay::cfn {

struct ParameterInputs {
  Map given;                              // name to text
  std::vector<std::string> use_previous;  // names with UsePreviousValue
  Map previous;                           // name to text, of the stack as it stands
  // The value behind a parameter of type AWS::SSM::Parameter::Value<...>, as text (StringList:
  // with commas). Without it such parameters are an error.
  std::function<Result<std::string>(const std::string& ssm_name)> read_ssm;
  // Whether a value of an AWS-specific type such as AWS::EC2::VPC::Id (or
  // AWS::SSM::Parameter::Name) exists. Not checked where empty.
  std::function<Result<bool>(std::string_view type, const std::string& value)> exists;
};

// What Ref gives for each parameter of the template: text, or a list of texts for list types.
// Errors: ValidationError in AWS's words.
Result<Map> resolve_parameters(const Template& t, const ParameterInputs& inputs);
inline Result<Map> resolve_parameters(const Template& t, const Map& given) {
  ParameterInputs inputs;
  inputs.given = given;
  return resolve_parameters(t, inputs);
}

// One declaration of the Parameters section.
Result<Parameter> parse_parameter(const std::string& name, const Value& v);

// A parameter type taken apart.
struct ParameterType {
  bool is_list = false;
  bool is_ssm_value = false;  // AWS::SSM::Parameter::Value<...>
  bool is_number = false;
  std::string element{};  // "String", "Number" or an AWS-specific type, without List<> around it
};
// nullopt where CloudFormation has no such type.
std::optional<ParameterType> parse_parameter_type(std::string_view type);

// Items of a list parameter's text: split at commas, spaces around each dropped.
List split_list_parameter(std::string_view text);

}  // namespace mainstay::cfn
