#include "cfn/parameters.hh"

#include <algorithm>

#include "base/text.hh"
#include "cfn/messages.hh"
#include "cfn/pattern.hh"
#include "cfn/template_check.hh"

namespace mainstay::cfn {
namespace {

// AWS-specific parameter types (user guide, "AWS-specific parameter types").
constexpr std::string_view aws_types[] = {"AWS::EC2::AvailabilityZone::Name",
                                          "AWS::EC2::Image::Id",
                                          "AWS::EC2::Instance::Id",
                                          "AWS::EC2::KeyPair::KeyName",
                                          "AWS::EC2::SecurityGroup::GroupName",
                                          "AWS::EC2::SecurityGroup::Id",
                                          "AWS::EC2::Subnet::Id",
                                          "AWS::EC2::Volume::Id",
                                          "AWS::EC2::VPC::Id",
                                          "AWS::Route53::HostedZone::Id"};

constexpr std::string_view ssm_prefix = "AWS::SSM::Parameter::Value<";

// T of "List<T>" and the like, or "".
std::string_view inside(std::string_view type, std::string_view prefix) {
  if (!type.starts_with(prefix) || !type.ends_with('>')) return "";
  return type.substr(prefix.size(), type.size() - prefix.size() - 1);
}

std::string number_text(double d) {
  Value v =
      d == static_cast<double>(static_cast<int64_t>(d)) ? Value(static_cast<int64_t>(d)) : Value(d);
  return v.to_text();
}

// Checks one value, or one item of a list.
class Constraints {
 public:
  Constraints(const Parameter& p, const ParameterType& type, const ParameterInputs& inputs)
      : p_(p), type_(type), inputs_(inputs) {}

  Status check(const std::string& value) const {
    const auto& allowed = p_.allowed_values;
    if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), value) == allowed.end())
      return refuse("must be one of AllowedValues").with_hint("one of " + join(allowed, ", "));
    if (type_.is_number) return number(value);
    CHECK_OK(length(value));
    CHECK_OK(pattern(value));
    return existence(value);
  }

 private:
  Error refuse(const std::string& what) const {
    if (p_.constraint_description.empty())
      return template_error("Parameter '" + p_.name + "' " + what);
    return template_error("Parameter " + p_.name +
                          " failed to satisfy constraint: " + p_.constraint_description);
  }

  Status number(const std::string& value) const {
    auto n = parse_real(trim(value));
    if (!n) return refuse("must be a number.");
    if (p_.min_value && *n < *p_.min_value)
      return refuse("must be a number not less than " + number_text(*p_.min_value));
    if (p_.max_value && *n > *p_.max_value)
      return refuse("must be a number not greater than " + number_text(*p_.max_value));
    return {};
  }

  Status length(const std::string& value) const {
    auto size = static_cast<int64_t>(utf8_length(value));
    if (p_.min_length && size < *p_.min_length)
      return refuse("must contain at least " + std::to_string(*p_.min_length) + " characters");
    if (p_.max_length && size > *p_.max_length)
      return refuse("must contain at most " + std::to_string(*p_.max_length) + " characters");
    return {};
  }

  Status pattern(const std::string& value) const {
    if (p_.allowed_pattern.empty()) return {};
    switch (match_whole(p_.allowed_pattern, value)) {
      case Match::yes:
        return {};
      case Match::no:
        return refuse("must match pattern " + p_.allowed_pattern);
      case Match::invalid:
        return template_error("Template format error: the AllowedPattern of parameter " + p_.name +
                              " is no regular expression: " + p_.allowed_pattern);
      case Match::undecided:
        break;
    }
    return template_error("Parameter " + p_.name + ": the pattern " + p_.allowed_pattern +
                          " takes too long to match");
  }

  Status existence(const std::string& value) const {
    if (!inputs_.exists || type_.element == "String") return {};
    TRY(bool exists, inputs_.exists(type_.element, value));
    if (exists) return {};
    return template_error("Parameter validation failed: parameter value " + value +
                          " for parameter name " + p_.name + " does not exist");
  }

  const Parameter& p_;
  const ParameterType& type_;
  const ParameterInputs& inputs_;
};

Result<Value> value_of(const Parameter& p, std::string text, const ParameterInputs& inputs) {
  ParameterType type = parse_parameter_type(p.type).value_or(ParameterType{});
  if (type.is_ssm_value) {
    // The constraints speak of the parameter's name in SSM, not of the value behind it.
    ParameterType name{.element = "String"};
    CHECK_OK(Constraints(p, name, inputs).check(text));
    if (!inputs.read_ssm)
      return template_error("Parameter " + p.name + " of type " + p.type + " cannot be read here");
    TRY(text, inputs.read_ssm(text));
    return type.is_list ? Value(split_list_parameter(text)) : Value(std::move(text));
  }
  Constraints constraints(p, type, inputs);
  if (!type.is_list) {
    CHECK_OK(constraints.check(text));
    return Value(std::move(text));
  }
  List items = split_list_parameter(text);
  for (const Value& item : items) CHECK_OK(constraints.check(item.as_string()));
  return Value(std::move(items));
}

// The text that a parameter starts from: given, previous or default.
Result<std::optional<std::string>> source_of(const Parameter& p, const ParameterInputs& inputs) {
  bool previous = std::find(inputs.use_previous.begin(), inputs.use_previous.end(), p.name) !=
                  inputs.use_previous.end();
  const Value* given = inputs.given.find(p.name);
  if (previous && given)
    return template_error("Invalid input for parameter key " + p.name +
                          ". Cannot specify usePreviousValue as true and also a parameter value");
  if (given) return std::optional(given->to_text());
  if (!previous) return p.default_value;
  if (const Value* before = inputs.previous.find(p.name)) return std::optional(before->to_text());
  return template_error("Invalid input for parameter key " + p.name +
                        ". Cannot specify usePreviousValue as true for a parameter key not in the "
                        "previous template");
}

// Readers of a declaration's members.
Result<std::optional<double>> real_member(const Value& v, const char* name) {
  if (!v.has(name)) return std::optional<double>();
  auto d = parse_real(v[name].to_text());
  if (!d)
    return template_error(std::string("Template format error: Every ") + name +
                          " member must be a number.");
  return d;
}

Result<std::optional<int64_t>> length_member(const Value& v, const char* name) {
  if (!v.has(name)) return std::optional<int64_t>();
  auto n = parse_int(v[name].to_text());
  if (!n || *n < 0)
    return template_error(std::string("Template format error: Every ") + name +
                          " member must be a non-negative integer.");
  return n;
}

Result<std::string> string_member(const Value& v, const char* name) {
  if (v[name].is_list() || v[name].is_map())
    return template_error(std::string("Template format error: Every ") + name +
                          " member must be a string.");
  return v[name].to_text();
}

}  // namespace

Result<Parameter> parse_parameter(const std::string& name, const Value& v) {
  Parameter p;
  p.name = name;
  if (!v["Type"].is_string())
    return template_error(
        "Template format error: Every Parameters object must contain a Type member.");
  p.type = v["Type"].as_string();
  auto type = parse_parameter_type(p.type);
  if (!type) return template_error("Template format error: Unrecognized parameter type: " + p.type);
  TRY(p.description, string_member(v, "Description"));
  TRY(p.constraint_description, string_member(v, "ConstraintDescription"));
  TRY(p.allowed_pattern, string_member(v, "AllowedPattern"));
  TRY(p.min_value, real_member(v, "MinValue"));
  TRY(p.max_value, real_member(v, "MaxValue"));
  TRY(p.min_length, length_member(v, "MinLength"));
  TRY(p.max_length, length_member(v, "MaxLength"));
  p.no_echo = v["NoEcho"].to_text() == "true";
  if (v.has("Default")) {
    TRY(p.default_value, string_member(v, "Default"));
  }
  if (v.has("AllowedValues") && !v["AllowedValues"].is_list())
    return template_error("Template format error: Every AllowedValues member must be a list.");
  for (const Value& item : v["AllowedValues"].items()) p.allowed_values.push_back(item.to_text());
  return p;
}

std::optional<ParameterType> parse_parameter_type(std::string_view type) {
  ParameterType out;
  if (std::string_view element = inside(type, ssm_prefix); !element.empty()) {
    auto behind = parse_parameter_type(element);
    if (!behind || behind->is_ssm_value || behind->is_number) return std::nullopt;
    behind->is_ssm_value = true;
    return behind;
  }
  if (type == "CommaDelimitedList") type = "List<String>";
  if (std::string_view element = inside(type, "List<"); !element.empty()) {
    out.is_list = true;
    type = element;
  }
  bool known = type == "String" || type == "Number" || type == "AWS::SSM::Parameter::Name" ||
               std::find(std::begin(aws_types), std::end(aws_types), type) != std::end(aws_types);
  if (!known) return std::nullopt;
  out.is_number = type == "Number";
  out.element = std::string(type);
  return out;
}

List split_list_parameter(std::string_view text) {
  List out;
  for (const std::string& item : split(text, ",")) out.push_back(trim(item));
  return out;
}

Result<Map> resolve_parameters(const Template& t, const ParameterInputs& inputs) {
  std::vector<std::string> unknown, missing;
  for (const auto& [name, value] : inputs.given)
    if (!t.find_parameter(name)) unknown.push_back(name);
  for (const std::string& name : inputs.use_previous)
    if (!t.find_parameter(name)) unknown.push_back(name);
  if (!unknown.empty())
    return template_error("Parameters: " + name_list(unknown) + " do not exist in the template");
  Map out;
  for (const Parameter& p : t.parameters) {
    TRY(auto text, source_of(p, inputs));
    if (!text) {
      missing.push_back(p.name);
      continue;
    }
    auto value = value_of(p, std::move(*text), inputs);
    if (!value.has_value())
      return std::move(value).error().where(t.document.key_at({"Parameters", p.name}));
    out.set(p.name, std::move(*value));
  }
  if (!missing.empty())
    return template_error("Parameters: " + name_list(missing) + " must have values");
  return out;
}

}  // namespace mainstay::cfn
