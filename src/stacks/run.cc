#include "stacks/run.hh"

#include "base/text.hh"
#include "graph/walk.hh"
#include "stacks/foresight.hh"
#include "stacks/hooks.hh"
#include "stacks/rendering.hh"
#include "stacks/step.hh"

namespace mainstay::stacks {
namespace {

using Step = Result<StepDone> (*)(Session& session, const StackConfig& stack);

// Targets stand between stacks, but nobody waits for them.
std::vector<PlannedStack> planned_stacks(const Config& config, const graph::Dag& plan) {
  std::vector<PlannedStack> all;
  for (graph::Node n = 0; n < plan.size(); ++n) {
    if (!config.find(plan.name(n))) continue;
    PlannedStack stack{plan.name(n), {}};
    std::vector<graph::Node> todo = plan.dependencies(n);
    std::set<graph::Node> seen(todo.begin(), todo.end());
    for (size_t i = 0; i < todo.size(); ++i) {
      if (config.find(plan.name(todo[i]))) {
        stack.waits_for.push_back(plan.name(todo[i]));
        continue;
      }
      for (graph::Node further : plan.dependencies(todo[i]))
        if (seen.insert(further).second) todo.push_back(further);
    }
    all.push_back(std::move(stack));
  }
  return all;
}

class Run {
 public:
  Run(Session& session, Step step) : session_(session), step_(step) {}

  RunResult walk(const graph::Dag& plan) {
    session_.around.reporter.plan(planned_stacks(session_.config, plan));
    graph::WalkOptions options{session_.options.at_once,
                               session_.around.interruption.begin_nothing};
    auto outcomes = graph::run_walk(
        plan, options, session_.around.executor, [&](graph::Node n) { return work(plan.name(n)); },
        [&](graph::Node n, graph::Outcome outcome) { dropped(plan.name(n), outcome); });
    return std::move(result_);
  }

 private:
  bool work(const std::string& name) {
    const StackConfig* stack = session_.config.find(name);
    if (!stack) return work_between(name);
    auto done = step_(session_, *stack);
    std::scoped_lock lock(mutex_);
    if (!done) {
      ++result_.failed;
      result_.errors.push_back(done.error());
      return false;
    }
    ++(done->skipped ? result_.skipped : result_.done);
    result_.changed += done->changed;
    if (done->declined) {
      ++result_.declined;
      result_.errors.emplace_back("ApprovalNeeded", "changing stack " + name + " was declined");
    }
    return true;
  }

  // A target is there when what it requires is; a hook of the graph runs when it is up that runs.
  bool work_between(const std::string& name) {
    const HookConfig* hook = session_.config.find_hook(name);
    if (!hook || step_ != bring_up_stack) return true;
    Status ran = run_hook(session_, *hook);
    if (ran) return true;
    session_.around.reporter.failure(hook->path, ran.error(), std::nullopt);
    std::scoped_lock lock(mutex_);
    ++result_.failed;
    result_.errors.push_back(std::move(ran.error()));
    return false;
  }

  void dropped(const std::string& name, graph::Outcome outcome) {
    const StackConfig* stack = session_.config.find(name);
    if (!stack) return;
    bool cancelled = outcome == graph::Outcome::cancelled;
    {
      std::scoped_lock lock(mutex_);
      ++(cancelled ? result_.cancelled : result_.failed);
    }
    session_.say(*stack, cancelled ? StepState::skipped : StepState::failed,
                 cancelled ? "cancelled" : "dependency has failed");
  }

  Session& session_;
  Step step_;
  std::mutex mutex_;
  RunResult result_;
};

Result<graph::Dag> plan_for(const Config& config, const std::set<std::string>& targets, bool down) {
  TRY(graph::Dag plan, plan_of(config));
  return limit_to(down ? plan.reversed() : plan, targets);
}

// Of all stacks, so that nothing is gone when it turns out that one of them may not go.
Status ask_about_data(Session& session, const graph::Dag& plan) {
  std::optional<Error> refused;
  for (graph::Node n = 0; n < plan.size(); ++n) {
    const StackConfig* stack = session.config.find(plan.name(n));
    if (!stack || session.around.interruption.begin_nothing.stop_requested()) continue;
    auto may = may_be_taken_down(session, *stack);
    if (may && !*may) session.not_to_delete.insert(stack->name);
    if (may) continue;
    if (may.error().code != "ApprovalNeeded") return may.error();  // what it holds isn't known
    if (!refused) {
      refused = may.error();
    } else {
      refused->message += "; " + may.error().message;
      refused->hint += "; " + may.error().hint;
    }
  }
  if (refused) return std::move(*refused);
  return {};
}

// Locked stacks that are there stay, and so does what they are built on.
Status keep_locked(Session& session) {
  TRY(graph::Dag whole, plan_of(session.config));
  for (const StackConfig& stack : session.config.stacks) {
    if (!stack.locked || !stack.enabled) continue;
    TRY(CloudFormation cloud, session.cloud_for(stack));
    TRY(auto deployed, cloud.describe(session.config.full_name(stack)));
    if (!deployed) continue;
    TRY(graph::Node node, whole.find(stack.name));
    graph::Dag needed = whole.with_dependencies({node});
    for (graph::Node n = 0; n < needed.size(); ++n)
      session.kept.try_emplace(needed.name(n), "needed by " + stack.name + ", which is locked");
    session.kept[stack.name] = "locked";
  }
  return {};
}

// What can't be made sense of is known before the first stack is touched.
Status check_sources(Session& session, const graph::Dag& plan) {
  std::optional<Error> first;
  for (graph::Node n = 0; n < plan.size(); ++n) {
    const StackConfig* stack = session.config.find(plan.name(n));
    // A locked one is mostly left alone, whatever its files say.
    if (!stack || !stack->enabled || stack->locked) continue;
    Status good = check_sources(session.workshop_for(*stack), *stack);
    if (good) continue;
    if (!first)
      first = std::move(good.error()).because("stack " + stack->name);
    else if (!first->message.contains(good.error().message))
      first->message += "; stack " + stack->name + ": " + good.error().message;
  }
  if (first) return std::move(*first);
  return {};
}

std::shared_ptr<Foresight> foresight_of(const Session& session, const graph::Dag& plan) {
  std::vector<const StackConfig*> stacks;
  for (graph::Node n = 0; n < plan.size(); ++n)
    if (const StackConfig* stack = session.config.find(plan.name(n))) stacks.push_back(stack);
  return std::make_shared<Foresight>(std::move(stacks));
}

// What the persistent graph is told of before anything is made.
void intend(Session& session, const graph::Dag& plan) {
  if (!session.around.graph) return;
  std::map<std::string, KeptStack> all;
  for (const PlannedStack& planned : planned_stacks(session.config, plan)) {
    const StackConfig& stack = *session.config.find(planned.stack);
    bool left_alone = stack.locked && !session.options.force.contains(stack.name);
    if (!stack.enabled || left_alone) continue;
    all[stack.name] = {session.config.full_name(stack),
                       "",
                       {session.token_for(stack)},
                       stack.region,
                       stack.profile,
                       planned.waits_for,
                       stack.is_protected,
                       {}};
  }
  session.around.graph->intend(std::move(all));
}

// The later hooks count on what the run was to do: they only run where all of it was done.
Result<RunResult> between_hooks(Session& session, HookStage before, HookStage after,
                                const std::function<RunResult()>& work) {
  session.hooks_run = true;
  CHECK_OK(run_hooks(session, before));
  RunResult result = work();
  if (result.failed + result.cancelled > 0) return result;
  if (Status done = run_hooks(session, after); !done) {
    ++result.failed;
    session.around.reporter.failure("", done.error(), std::nullopt);
    result.errors.push_back(std::move(done.error()));
  }
  return result;
}

}  // namespace

Result<RunResult> bring_up(Session& session) {
  TRY(graph::Dag plan, plan_for(session.config, session.options.targets, false));
  for (const std::string& name : session.options.force)
    if (!session.config.find(name))
      return Error("UsageInvalid", "--force: there is no stack \"" + printable(name) + "\"");
  CHECK_OK(check_sources(session, plan));
  CHECK_OK(check_hooks(session, HookStage::pre_build, HookStage::post_build));
  intend(session, plan);
  if (!session.options.interactive) session.foresight = foresight_of(session, plan);
  return between_hooks(session, HookStage::pre_build, HookStage::post_build,
                       [&] { return Run(session, bring_up_stack).walk(plan); });
}

Result<RunResult> take_down(Session& session) {
  TRY(graph::Dag plan, plan_for(session.config, session.options.targets, true));
  CHECK_OK(check_hooks(session, HookStage::pre_destroy, HookStage::post_destroy));
  CHECK_OK(keep_locked(session));
  CHECK_OK(ask_about_data(session, plan));
  return between_hooks(session, HookStage::pre_destroy, HookStage::post_destroy,
                       [&] { return Run(session, take_down_stack).walk(plan); });
}

Result<std::vector<std::string>> outline(const Config& config, const std::set<std::string>& targets,
                                         bool down) {
  TRY(graph::Dag plan, plan_for(config, targets, down));
  TRY(auto order, plan.order());
  std::vector<std::string> names;
  for (graph::Node n : order)
    if (config.find(plan.name(n))) names.push_back(plan.name(n));
  return names;
}

}  // namespace mainstay::stacks
