#include "stacks/assessment.hh"
#include "stacks/prune.hh"
#include "stacks/step.hh"
#include "stacks/watch.hh"

namespace mainstay::stacks {
namespace {

Status forget(Session& session, const StackConfig& stack) {
  return session.around.graph ? session.around.graph->forget(stack.name) : Status();
}

// By its name where `down` is told to; what was pruned has to prove that it is ours.
Result<ToPrune> find_to_delete(const Session& session, const StackConfig& stack,
                               const CloudFormation& cloud) {
  if (session.options.pruning) return find_to_prune(session, stack, cloud);
  TRY(auto deployed, cloud.describe(session.config.full_name(stack)));
  if (deployed) return ToPrune{std::move(deployed), "", false};
  // What the graph knows by its id is only forgotten once AWS says that it is gone.
  bool sure = true;
  if (session.around.graph) {
    auto known = session.around.graph->known(stack.name);
    if (known && !known->id.empty()) {
      TRY(auto by_id, cloud.describe(known->id));
      sure = by_id && by_id->phase() == StackPhase::deleted;
    }
  }
  return ToPrune{std::nullopt, "stack does not exist", sure};
}

// Deletes once and waits once: a deletion that fails is reported, not tried for ever.
Result<StepDone> delete_stack(Session& session, const StackConfig& stack,
                              const CloudFormation& cloud, std::optional<Failure>& failure) {
  const std::string name = session.config.full_name(stack);
  TRY(ToPrune found, find_to_delete(session, stack, cloud));
  if (!found.stack) {
    if (found.forget) CHECK_OK(forget(session, stack));
    session.say(stack, StepState::skipped, found.reason);
    return StepDone{true, false};
  }
  const auto& deployed = found.stack;
  if (deployed->termination_protection)
    return Error("TerminationProtected", name + " has termination protection")
        .with_hint("switch it off first, if it really should go");
  bool deleting = deployed->status == "DELETE_IN_PROGRESS";
  session.say(stack, StepState::running, "deleting stack");
  if (!deleting) CHECK_OK(cloud.remove(deployed->id, session.config.service_role));
  session.begins(stack, cloud.region(), Operation::remove, 0);
  TRY(auto left, wait_until_settled(
                     session, stack, cloud, deployed->id, [](const std::string&) {}, &*deployed));
  if (!left) {
    CHECK_OK(forget(session, stack));
    session.say(stack, StepState::done, "stack deleted", true);
    return StepDone{false, true};
  }
  failure = diagnose(cloud, *left, nullptr);
  Error error("DeleteFailed", "deleting failed; it is " + left->status);
  error.message += failure->cause
                       ? ": " + failure->cause->logical_id + ": " + failure->cause->reason
                       : ": " + left->status_reason;
  return error;
}

// Why this stack must stay, or nothing.
std::optional<Error> kept_because(const Session& session, const StackConfig& stack) {
  auto kept = [&](const char* key) {
    return Error("Protected", "stack " + stack.name + " has " + key + ": true")
        .where(session.config.at(stack, key))
        .with_hint("set it to false first, if the stack really should go");
  };
  if (stack.is_protected && session.options.pruning)
    return Error("Protected", "stack " + stack.name + " was protected when it was last brought up")
        .with_hint("put it back with protected: false, run up, then take it out again");
  if (stack.is_protected) return kept("protected");
  return std::nullopt;
}

}  // namespace

Result<bool> may_be_taken_down(Session& session, const StackConfig& stack) {
  bool stays = !stack.enabled || session.kept.contains(stack.name);
  if (stays || kept_because(session, stack)) return true;
  TRY(CloudFormation cloud, session.cloud_for(stack));
  TRY(ToPrune found, find_to_delete(session, stack, cloud));
  const auto& deployed = found.stack;
  // A creation that was rolled back has left nothing in its stack.
  bool goes = deployed && !deployed->termination_protection &&
              deployed->phase() != StackPhase::in_progress &&
              deployed->status != "ROLLBACK_COMPLETE";
  if (!goes) return true;
  TRY(auto lost, data_lost_with(cloud, *deployed, session.around.knowledge));
  if (lost.empty()) return true;
  return session.around.approver.approve({stack.name, true, {Consent::data}, std::move(lost), {}});
}

Result<StepDone> take_down_stack(Session& session, const StackConfig& stack) {
  if (!stack.enabled) {
    session.say(stack, StepState::skipped, "disabled");
    return StepDone{true, false};
  }
  if (auto kept = session.kept.find(stack.name); kept != session.kept.end()) {
    session.say(stack, StepState::skipped, kept->second);
    return StepDone{true, false};
  }
  std::optional<Failure> failure;
  auto attempt = [&]() -> Result<StepDone> {
    if (auto kept = kept_because(session, stack)) return *kept;
    if (session.not_to_delete.contains(stack.name))
      return Error("ApprovalNeeded", "stack " + stack.name + " holds data, and stays");
    TRY(CloudFormation cloud, session.cloud_for(stack));
    return delete_stack(session, stack, cloud, failure);
  };
  auto done = attempt();
  if (!done) {
    session.say(stack, StepState::failed,
                failure ? "it is " + failure->status : done.error().message);
    session.around.reporter.failure(stack.name, done.error(), failure);
  }
  return done;
}

}  // namespace mainstay::stacks
