// From a stack's configuration and its resolved variables to what CloudFormation is sent.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cfn/document.hh"
#include "host/files.hh"
#include "stacks/cloudformation.hh"
#include "stacks/config.hh"
#include "stacks/programs.hh"

namespace mainstay::stacks {

struct Rendered {
  std::string body;
  cfn::Document document;         // of the body; its file is the template's, where it came from one
  bool needs_change_set = false;  // it has a Transform
  std::optional<Value> parameters;  // values that a blueprint gave; nothing: the variables are
  std::vector<std::string> warnings;
};

// What templates are made with.
struct Workshop {
  const Config& config;
  const Files& files;
  Programs* programs = nullptr;  // null: nothing of the user's own is run
  ProgramAsk ask;
  Value hook_data = Value::map();  // by data_key
  bool python_first = false;       // for classes that the program has too
};

// Limit: templates of 1 MB. Errors: "TemplateInvalid", those of files, of blueprints and of
// programs, with the place in the template, in the program or in the configuration.
// What can be told of a stack before any is touched: its lookups are ones that there are, its
// template can be read, its blueprint exists.
Status check_sources(const Workshop& workshop, const StackConfig& stack);
Result<Rendered> render_stack(const Workshop& workshop, const StackConfig& stack,
                              const Value& variables);

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
