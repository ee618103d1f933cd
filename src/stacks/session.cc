#include "stacks/session.hh"

#include "base/digest.hh"
#include "base/text.hh"

namespace mainstay::stacks {
namespace {

constexpr size_t policy_bytes_max = 16 * 1024;  // CloudFormation's limit of a stack policy

}  // namespace

std::string_view state_name(StepState state) {
  static constexpr std::string_view names[] = {"waiting", "submitted", "complete", "skipped",
                                               "failed"};
  return names[static_cast<size_t>(state)];
}

std::string_view consent_name(Consent c) {
  static constexpr std::string_view names[] = {"protected", "replace", "data", "access"};
  return names[static_cast<size_t>(c)];
}

std::string Session::region_of(const StackConfig& stack, const aws::Client& client) const {
  return stack.region.empty() ? client.region() : stack.region;
}

std::string_view operation_name(Operation operation) {
  static constexpr std::string_view names[] = {"create", "update", "delete"};
  return names[static_cast<size_t>(operation)];
}

Result<CloudFormation> Session::cloud_for(const StackConfig& stack) const {
  TRY(auto client, around.client(stack.profile));
  std::string region = region_of(stack, *client);
  return CloudFormation(std::move(client), std::move(region));
}

StepReport Session::report_for(const StackConfig& stack) const {
  return {stack.name, config.full_name(stack), stack.region, StepState::waiting, "", false};
}

void Session::say(const StackConfig& stack, StepState state, const std::string& reason,
                  bool changed) {
  StepReport report = report_for(stack);
  report.state = state;
  report.reason = reason;
  report.changed = changed;
  around.reporter.step(report);
}

void Session::begins(const StackConfig& stack, const std::string& region, Operation operation,
                     size_t resources) {
  around.reporter.begins({stack.name, config.full_name(stack), region, operation, resources});
}

void Session::warn_once(const std::string& text) {
  {
    std::scoped_lock lock(mutex_);
    if (!warned_.insert(text).second) return;
  }
  around.reporter.warning(text);
}

void Session::keep_outputs(const std::string& full_name, const Map& outputs) {
  std::scoped_lock lock(mutex_);
  Outputs& kept = outputs_[full_name];
  kept.clear();
  for (const auto& [name, value] : outputs) kept[name] = value.to_text();
}

Result<std::string> Session::output_of(const StackConfig& asking, const std::string& stack,
                                       const std::string& output) {
  const StackConfig* other = config.find(stack);
  // Names outside the configuration are relative ones, as stacker has it.
  if (!other) return output_at(asking, config.full_name(stack), output);
  return output_at(*other, config.full_name(*other), output);
}

Result<std::string> Session::output_at(const StackConfig& where, const std::string& full_name,
                                       const std::string& output) {
  std::optional<Outputs> known;
  {
    std::scoped_lock lock(mutex_);
    if (auto it = outputs_.find(full_name); it != outputs_.end()) known = it->second;
  }
  if (!known) {
    TRY(CloudFormation cloud, cloud_for(where));
    TRY(auto deployed, cloud.describe(full_name));
    if (!deployed)
      return Error("LookupFailed", "the stack " + full_name + " does not exist, so its output " +
                                       printable(output) + " can't be had");
    keep_outputs(full_name, deployed->outputs);
    std::scoped_lock lock(mutex_);
    known = outputs_[full_name];
  }
  auto found = known->find(output);
  if (found != known->end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [name, value] : *known) names.push_back(name);
  Error error("LookupFailed", "the stack " + full_name + " has no output " + printable(output));
  if (auto near = nearest(output, names)) error.hint = "did you mean \"" + *near + "\"?";
  return error;
}

Value Session::hook_data() const {
  std::scoped_lock lock(mutex_);
  return hook_data_;
}

void Session::keep_hook_data(const std::string& data_key, const Value& data) {
  std::scoped_lock lock(mutex_);
  hook_data_.set(data_key, data);
}

Result<Value> Session::hook_datum(const std::string& key, const std::string& field) const {
  Value all = hook_data();
  if (const Value* data = all.find(key)) {
    if (const Value* found = data->find(field)) return *found;
    return Error("LookupFailed",
                 "the hook with data_key " + printable(key) + " gave no " + printable(field));
  }
  // `diff` runs no hooks.
  if (!hooks_run && config.has_hook(key))
    return Value("<" + key + "." + field + ": not known yet>");
  return Error("LookupFailed", "no hook with data_key " + printable(key) + " has run");
}

Result<LookupContext> Session::lookup_context(const StackConfig& stack) {
  TRY(auto client, around.client(stack.profile));
  LookupContext context;
  context.secrets = around.secrets;
  context.process = &around.process;
  context.files = &around.files;
  context.environment = &environment.values;
  context.directory = config.directory;
  context.custom = &config.lookups;
  context.output = [this, &stack](const std::string& other, const std::string& output) {
    return output_of(stack, other, output);
  };
  context.xref = [this, &stack](const std::string& full_name, const std::string& output) {
    return output_at(stack, full_name, output);
  };
  context.full_name = [this](const std::string& name) { return config.full_name(name); };
  context.call = [this, client, &stack](std::string_view service, std::string_view operation,
                                        const Value& input, const std::string& region) {
    return client->call(service, operation, input,
                        region.empty() ? region_of(stack, *client) : region);
  };
  context.random = around.random;
  context.offline = options.offline;
  context.hook_data = [this](const std::string& key, const std::string& field) {
    return hook_datum(key, field);
  };
  context.program = [this, client, &stack](const std::string& path,
                                           const std::string& data) -> Result<Value> {
    if (!around.programs) return Error("NotSupported", "nothing runs lookups of your own here");
    ProgramPlace place{region_of(stack, *client), stack.profile, hook_data()};
    return around.programs->look_up(path, data, place, workshop_for(stack).ask);
  };
  return context;
}

Result<Value> Session::resolved(const StackConfig& stack, const Value& v, const cfn::Path& path) {
  TRY(LookupContext context, lookup_context(stack));
  return resolve_lookups(v, context, config.document, path);
}

Result<Value> Session::variables_of(const StackConfig& stack) {
  cfn::Path path = stack.path;
  path.push_back("variables");
  return resolved(stack, stack.variables, path);
}

Result<Rendered> Session::render(const StackConfig& stack, const Value& variables) {
  Value data = hook_data();
  {
    std::scoped_lock lock(mutex_);
    auto made = made_.find(stack.name);
    if (made != made_.end() && made->second.variables == variables &&
        made->second.hook_data == data)
      return made->second.rendered;
  }
  TRY(Rendered rendered, render_stack(workshop_for(stack), stack, variables));
  std::scoped_lock lock(mutex_);
  made_[stack.name] = {variables, std::move(data), rendered};
  return rendered;
}

Workshop Session::workshop_for(const StackConfig& stack) {
  return {config,
          around.files,
          around.programs,
          [this, &stack](const std::string& what, const Value& with) {
            return answer(stack, what, with);
          },
          hook_data(),
          options.python_first};
}

std::string Session::token_for(const StackConfig& stack) const {
  std::string who = config.full_name(stack) + stack.region + stack.profile;
  return "mainstay-" + around.run_id + "-" + hex_encode(sha1(who)).substr(0, 16);
}

Result<Submission> Session::submission_for(const StackConfig& stack, const Rendered& rendered,
                                           const Value& variables,
                                           const std::optional<DeployedStack>& deployed) const {
  Submission s;
  s.stack_name = config.full_name(stack);
  s.template_body = rendered.body;
  TRY(s.parameters, parameters_for(rendered, rendered.parameters.value_or(variables), deployed));
  for (const ParameterValue& p : s.parameters)
    if (around.secrets && is_hidden(rendered.document.root["Parameters"][p.key]))
      around.secrets->add(p.value);
  s.tags = config.tags_of(stack);
  s.role_arn = config.service_role;
  s.notification_arns = stack.notification_arns;
  s.token = token_for(stack);
  s.termination_protection = stack.termination_protection;
  s.timeout_minutes = stack.timeout_minutes;
  s.on_failure = stack.on_failure;
  if (!stack.stack_policy_path.empty()) {
    std::string path = join_path(config.directory, stack.stack_policy_path);
    auto policy = around.files.read(path, policy_bytes_max);
    if (!policy) return std::move(policy.error()).where(config.at(stack, "stack_policy_path"));
    s.policy_body = *policy;
  }
  return s;
}

}  // namespace mainstay::stacks
