// From a stack's configuration and its resolved variables to what CloudFormation is sent.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cfn/document.hh"
#include "host/files.hh"
#include "stacks/cloudformation.hh"
#include "stacks/config.hh"

namespace mainstay::stacks {

struct Rendered {
  std::string body;
  cfn::Document document;         // of the body; its file is the template's, where it came from one
  bool needs_change_set = false;  // it has a Transform
  std::vector<std::string> warnings;
};

// Limit: templates of 1 MB. Errors: "TemplateInvalid", those of files and of blueprints, with the
// place in the template or in the configuration.
// What can be told of a stack before any is touched: its lookups are ones that there are, its
// template can be read, its blueprint exists.
Status check_sources(const Config& config, const StackConfig& stack, const Files& files);
Result<Rendered> render_stack(const Config& config, const StackConfig& stack,
                              const Value& variables, const Files& files);

// Values for the template's parameters: from variables; else as deployed; else the default.
// Error "ParameterMissing" names those that have none of these.
Result<std::vector<ParameterValue>> parameters_for(const Rendered& rendered, const Value& variables,
                                                   const std::optional<DeployedStack>& deployed);

// A parameter with NoEcho, whose value must not be shown; AWS shows asterisks.
bool is_hidden(const Value& declaration);
constexpr std::string_view hidden_text = "****";

// Whether nothing of the stack differs from what would be sent, so that an update needn't be
// asked for. What can't be told counts as different.
Result<bool> is_unchanged(DeployedTemplate& there, const DeployedStack& deployed,
                          const Rendered& rendered, const Submission& submission);

}  // namespace mainstay::stacks
