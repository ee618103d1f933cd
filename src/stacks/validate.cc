#include "stacks/validate.hh"

#include "cfn/template.hh"
#include "stacks/diff.hh"
#include "stacks/hooks.hh"
#include "stacks/local_diff.hh"
#include "stacks/plan.hh"

namespace mainstay::stacks {
namespace {

class Validation {
 public:
  explicit Validation(Session& session) : session_(session) {}

  Result<std::vector<ConfigFinding>> run() {
    if (auto plan = plan_of(session_.config); !plan) add("", plan.error());
    for (const StackConfig& stack : session_.config.stacks) {
      bool has_source =
          !stack.class_path.empty() || !stack.template_path.empty() || !stack.command.empty();
      if (!stack.enabled || !has_source) continue;
      if (Status good = check_sources(session_.workshop_for(stack), stack); !good)
        add(stack.name, good.error());
    }
    for (const HookConfig& hook : session_.config.hooks) {
      if (!hook.enabled) continue;
      if (Status good = check_hook(session_, hook); !good)
        add("", std::move(good.error()).where(session_.config.document.at(hook.at)),
            !hook.required);
    }
    if (found_.empty()) CHECK_OK(make_all());
    return std::move(found_);
  }

 private:
  void add(const std::string& stack, Error error, bool is_warning = false) {
    found_.push_back({stack, std::move(error), is_warning});
  }

  Status make_all() {
    return diff_all(session_, [&](const StackDiff& diff) {
      if (diff.error) add(diff.stack, *diff.error);
      if (diff.document.root.is_null()) return;
      cfn::TemplateInputs inputs;
      inputs.is_known_type = [&](std::string_view type) { return is_known(std::string(type)); };
      auto read = cfn::parse_template(diff.document, inputs);
      if (!read) add(diff.stack, place_in(diff, read.error()));
      for (Error& fault : property_faults(diff.resources, diff.document, session_.around.knowledge))
        add(diff.stack, place_in(diff, std::move(fault)), true);
    });
  }

  // Types without a schema here may be newer than this program, or somebody's own.
  bool is_known(const std::string& type) const {
    bool of_aws = type.starts_with("AWS::") && !type.starts_with("AWS::CloudFormation::");
    const auto& schema = session_.around.knowledge.schema;
    return !of_aws || !schema || schema(type);
  }

  // What was made has no lines of its own: then the stack's place has to do.
  Error place_in(const StackDiff& diff, Error error) const {
    const StackConfig* stack = session_.config.find(diff.stack);
    return std::move(error).where(stack ? session_.config.at(*stack) : Position());
  }

  Session& session_;
  std::vector<ConfigFinding> found_;
};

}  // namespace

Result<std::vector<ConfigFinding>> validate(Session& session) {
  return Validation(session).run();
}

}  // namespace mainstay::stacks
