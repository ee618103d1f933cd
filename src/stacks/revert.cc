#include "stacks/revert.hh"

#include <algorithm>

#include "stacks/watch.hh"

namespace mainstay::stacks {
namespace {

// A stack with the change set that brings it back.
struct Drifted {
  const StackConfig* stack;
  CloudFormation cloud;
  DeployedStack deployed;
  ChangeSet set;
};

class Reverter {
 public:
  explicit Reverter(Session& session) : session_(session) {}
  Reverter(const Reverter&) = delete;
  Reverter& operator=(const Reverter&) = delete;
  // Whatever was not executed is not left behind.
  ~Reverter() {
    for (size_t i = executed_; i < drifted_.size(); ++i)
      (void)drifted_[i].cloud.delete_change_set(drifted_[i].set.id).has_value();
  }

  Result<RunResult> run(const ConfirmRevert& confirm) {
    TRY(auto names, outline(session_.config, session_.options.targets, false));
    for (const std::string& name : names) CHECK_OK(look(*session_.config.find(name)));
    if (drifted_.empty()) return result_;
    std::vector<StackDiff> diffs;
    for (const Drifted& d : drifted_) diffs.push_back(diff_of(d));
    CHECK_OK(confirm(diffs));
    for (Drifted& d : drifted_) CHECK_OK(bring_back(d));
    return result_;
  }

 private:
  Status look(const StackConfig& stack) {
    if (!stack.enabled) return {};
    TRY(CloudFormation cloud, session_.cloud_for(stack));
    TRY(auto deployed, cloud.describe(session_.config.full_name(stack)));
    if (!deployed) return {};
    ++result_.skipped;
    Submission s = submission_as_deployed(*deployed);
    s.reverts_drift = true;
    TRY(ChangeSet set,
        cloud.make_change_set(s, false, "mainstay-" + session_.around.run_id,
                              *session_.around.clock, session_.around.interruption.stop_waiting));
    if (set.empty) return cloud.delete_change_set(set.id);
    drifted_.push_back({&stack, cloud, *deployed, std::move(set)});
    for (const ResourceChange& change : drifted_.back().set.changes)
      CHECK_OK(check_harmless(stack, change));
    return {};
  }

  // What isn't in the template that is deployed may have changed around it (an SSM parameter), and
  // a change set brings that as well.
  Status check_harmless(const StackConfig& stack, const ResourceChange& change) const {
    if (change.action != "Remove" && !change.may_replace()) return {};
    return Error("NotSupported", "stack " + stack.name + ": " + change.logical_id + " would be " +
                                     (change.action == "Remove" ? "deleted" : "replaced") +
                                     " besides, and that is not for taking drift back")
        .where(session_.config.at(stack))
        .with_hint("look at `mainstay diff`; `mainstay up` does it");
  }

  StackDiff diff_of(const Drifted& d) const {
    StackDiff diff;
    diff.stack = d.stack->name;
    diff.full_name = d.deployed.name;
    diff.region = d.cloud.region();
    diff.kind = StackDiff::Kind::updated;
    diff.changes = d.set.changes;
    // Nobody else can see what the resources are.
    for (ResourceChange& change : diff.changes) change.seen_by = ResourceChange::SeenBy::both;
    return diff;
  }

  Status bring_back(Drifted& d) {
    session_.say(*d.stack, StepState::running, "bringing back what was changed by hand");
    CHECK_OK(d.cloud.execute_change_set(d.set.id, ""));
    ++executed_;
    session_.begins(*d.stack, d.cloud.region(), Operation::update, d.set.changes.size());
    TRY(auto settled,
        wait_until_settled(session_, *d.stack, d.cloud, d.deployed.id, [](const auto&) {}));
    if (!settled) return Error("StackFailed", d.deployed.name + " is gone");
    if (settled->phase() != StackPhase::complete) {
      Failure failure = diagnose(d.cloud, *settled, nullptr);
      Error error("StackFailed",
                  "bringing " + d.deployed.name + " back failed; it is " + settled->status);
      if (failure.cause)
        error.message += ": " + failure.cause->logical_id + ": " + failure.cause->reason;
      session_.say(*d.stack, StepState::failed, "it is " + settled->status);
      return error;
    }
    session_.say(*d.stack, StepState::done, "brought back", true);
    --result_.skipped;
    ++result_.done;
    ++result_.changed;
    return {};
  }

  Session& session_;
  std::vector<Drifted> drifted_;
  size_t executed_ = 0;
  RunResult result_;
};

}  // namespace

Result<RunResult> revert_drift(Session& session, const ConfirmRevert& confirm) {
  return Reverter(session).run(confirm);
}

}  // namespace mainstay::stacks
