#include "stacks/hooks.hh"

#include "base/text.hh"
#include "stacks/own_hooks.hh"

namespace mainstay::stacks {
namespace {

cfn::Path args_path(const HookConfig& hook) {
  cfn::Path path = hook.at;
  path.push_back("args");
  return path;
}

HookReport report_of(const HookConfig& hook, StepState state, const std::string& reason) {
  return {hook.path, std::string(stage_name(hook.stage)), state, reason};
}

Result<HookOutcome> outcome_of(Session& session, const HookConfig& hook, const Value& args) {
  const StackConfig& place = session.run_place;
  TRY(auto client, session.around.client(""));
  if (OwnHook own = find_own_hook(hook.path)) {
    auto done = own({session, args, *client, client->region(), place});
    if (!done) return done.error();
    return HookOutcome{true, std::move(*done)};
  }
  return session.around.programs->run_hook(hook.path, hook.data_key, args,
                                           {client->region(), "", session.hook_data()},
                                           session.workshop_for(place).ask);
}

Result<HookOutcome> outcome_of(Session& session, const HookConfig& hook) {
  TRY(Value args, session.resolved(session.run_place, hook.args, args_path(hook)));
  TRY(HookOutcome outcome, outcome_of(session, hook, args));
  if (!outcome.held) return hook_error("it said that it failed");
  return outcome;
}

// The place is that in the hook's own code, where there is one; else in the configuration.
Error failed(const Session& session, const HookConfig& hook, const Error& why) {
  if (why.code == "Interrupted") return why;
  Error error("HookFailed", "the hook " + printable(hook.path) + " failed: " + why.message);
  error.hint = why.hint;
  error.context = why.context;
  error.at = why.at;
  return std::move(error).where(session.config.document.at(hook.at));
}

}  // namespace

std::vector<std::string> leave_out_hooks(Config& config) {
  std::vector<std::string> paths;
  for (HookConfig& hook : config.hooks)
    if (hook.enabled && !stays_in_aws(hook.path)) {
      hook.enabled = false;
      paths.push_back(hook.path);
    }
  return paths;
}

Status check_hook(Session& session, const HookConfig& hook) {
  const Config& config = session.config;
  CHECK_OK(check_lookups(hook.args, config.lookups, config.document, args_path(hook)));
  if (find_own_hook(hook.path)) return {};
  if (!session.around.programs) return Error("NotSupported", "nothing runs hooks of your own here");
  Status there = session.around.programs->check_hook(hook.path);
  if (there) return {};
  Error error = std::move(there.error());
  if (auto near = near_own_hook(hook.path); error.hint.empty() && !near.empty())
    error.hint = "did you mean \"" + near + "\"?";
  return error;
}

Error hook_error(const std::string& why) {
  return Error("HookFailed", why);
}

Status check_hooks(Session& session, HookStage before, HookStage after) {
  for (const HookConfig& hook : session.config.hooks) {
    if (!hook.enabled || (hook.stage != before && hook.stage != after)) continue;
    Status good = check_hook(session, hook);
    if (good) continue;
    Position at = session.config.document.at(hook.at);
    if (hook.required) return std::move(good.error()).where(std::move(at));
    session.warn_once("the hook " + printable(hook.path) +
                      " can't be run: " + good.error().message);
  }
  return {};
}

Status run_hook(Session& session, const HookConfig& hook) {
  Reporter& reporter = session.around.reporter;
  reporter.hook(report_of(hook, StepState::running, ""));
  auto outcome = outcome_of(session, hook);
  if (!outcome) {
    Error error = failed(session, hook, outcome.error());
    reporter.hook(report_of(hook, StepState::failed, error.message));
    if (hook.required || error.code == "Interrupted") return error;
    return {};
  }
  if (!hook.data_key.empty() && outcome->data.is_map())
    session.keep_hook_data(hook.data_key, outcome->data);
  reporter.hook(report_of(hook, StepState::done, ""));
  return {};
}

Status run_hooks(Session& session, HookStage stage) {
  for (const HookConfig& hook : session.config.hooks) {
    if (!hook.enabled || hook.stage != stage || !hook.node.empty()) continue;
    if (session.around.interruption.begin_nothing.stop_requested())
      return Error("Interrupted", "interrupted");
    CHECK_OK(run_hook(session, hook));
  }
  return {};
}

Result<Value> Session::run_own_hook(const std::string& path, const Value& args) {
  OwnHook own = find_own_hook(path);
  if (!own) return hook_error("there is no hook " + printable(path));
  TRY(auto client, around.client(""));
  return own({*this, args, *client, client->region(), run_place});
}

}  // namespace mainstay::stacks
