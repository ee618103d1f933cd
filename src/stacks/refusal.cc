#include "stacks/refusal.hh"

#include <algorithm>

#include "cfn/dependencies.hh"
#include "cfn/parameters.hh"
#include "stacks/local_diff.hh"

namespace mainstay::stacks {
namespace {

constexpr std::string_view unknown_mark = ": not known yet>";

// Only types of AWS's own can be told to be none; whether they are depends on who is asked.
bool is_known_type(std::string_view type, const Knowledge& knowledge) {
  bool of_aws = type.starts_with("AWS::") && !type.starts_with("AWS::CloudFormation::");
  return !of_aws || !knowledge.has_all_types || !knowledge.schema ||
         knowledge.schema(std::string(type));
}

// Constraints are for values that are known.
Status check_parameters(cfn::Template t, const Submission& submission) {
  cfn::ParameterInputs inputs;
  for (const ParameterValue& p : submission.parameters) inputs.given.set(p.key, p.value);
  inputs.read_ssm = [](const std::string&) -> Result<std::string> { return std::string("1"); };
  std::erase_if(t.parameters, [&](const cfn::Parameter& p) {
    const Value* given = inputs.given.find(p.name);
    bool skipped = (given && is_unknown(given->as_string())) ||
                   p.type.starts_with("AWS::SSM::Parameter::Value");
    if (skipped) inputs.given.erase(p.name);
    return skipped;
  });
  CHECK_OK(cfn::resolve_parameters(t, inputs));
  return {};
}

}  // namespace

std::string unknown_output(const std::string& stack, const std::string& output) {
  return "<" + stack + "." + output + std::string(unknown_mark);
}

bool is_unknown(std::string_view text) {
  return text.contains(unknown_mark);
}

bool has_unknown(const Submission& submission) {
  return is_unknown(submission.template_body) ||
         std::ranges::any_of(submission.parameters,
                             [](const ParameterValue& p) { return is_unknown(p.value); });
}

std::optional<Error> refusal_of(const Rendered& rendered, const Submission& submission,
                                const std::string& region, const Knowledge& knowledge) {
  if (rendered.needs_change_set) return std::nullopt;
  cfn::TemplateInputs inputs;
  inputs.is_known_type = [&](std::string_view type) { return is_known_type(type, knowledge); };
  auto read = cfn::parse_template(rendered.document, inputs);
  if (!read) return read.error();
  if (Status good = check_parameters(*read, submission); !good) return good.error();
  // Which conditions hold hangs on values; without any, all resources count.
  if (read->conditions.empty())
    if (auto order = cfn::find_dependencies(*read, {}); !order) return order.error();
  if (has_unknown(submission)) return std::nullopt;
  auto verdict = local_verdict({nullptr, "", rendered, submission, region}, knowledge);
  if (!verdict) return verdict.error();
  return std::nullopt;
}

}  // namespace mainstay::stacks
