// The evaluator of intrinsic functions.
//
// Everything that lies outside the template is asked of the Environment: resources, exports,
// availability zones, dynamic references. A callback may answer with bytes (Value kind bytes) for
// "not known yet": whatever a function makes of an unknown is unknown too, and equal expressions
// over equal unknowns make equal unknowns; planning uses that (diff.hh).
// AWS::NoValue is null; members and items that evaluate to it are left out.
// Errors: ValidationError in AWS's words, at the function's place where the path is known.
// A Context belongs to one thread; Template and Environment may be shared if the callbacks may.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/error.hh"
#include "base/value.hh"
#include "cfn/template.hh"

namespace mainstay::cfn {

struct Environment {
  PseudoParameters pseudo;
  // Ref of a resource: its physical id.
  std::function<Result<Value>(const std::string& logical_id)> ref;
  std::function<Result<Value>(const std::string& logical_id, const std::string& attribute)> get_att;
  std::function<Result<Value>(const std::string& export_name)> import_value;
  // Zone names of a region, as a list.
  std::function<Result<Value>(const std::string& region)> get_azs;
  // The text behind {{resolve:service:reference}}: service "ssm", "ssm-secure" or
  // "secretsmanager"; reference is what follows it.
  std::function<Result<std::string>(const std::string& service, const std::string& reference)>
      resolve;
  // Rule functions: all values of an AWS-specific type; an attribute of one value of such a type.
  std::function<Result<Value>(const std::string& type)> ref_all;
  std::function<Result<Value>(const std::string& type, const std::string& value,
                              const std::string& attribute)>
      value_of;
};

struct Context {
  const Template* tmpl = nullptr;
  const Map* parameters = nullptr;  // from resolve_parameters
  const Map* conditions = nullptr;  // from evaluate_conditions; may be null before
  const Environment* environment = nullptr;
  Path path;  // of the value given to evaluate, for positions
};

// The value with every function in it replaced by its result; null for AWS::NoValue.
Result<Value> evaluate(const Value& v, Context& context);

// Every condition of the template, name to boolean.
Result<Map> evaluate_conditions(const Template& t, const Map& parameters,
                                const Environment& environment);

// The template's Rules. Error: the first failed assertion's description.
Status check_rules(const Template& t, const Map& parameters, const Environment& environment);

// Replaces {{resolve:...}} in every text of v, after evaluate. Separate, so that plans and events
// never hold secrets.
Result<Value> resolve_dynamic_references(const Value& v, const Environment& environment);
bool has_dynamic_reference(const Value& v);

// Does v hold, anywhere, a value that is not known yet?
bool has_unknown(const Value& v);

}  // namespace mainstay::cfn
