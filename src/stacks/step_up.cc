#include "stacks/assessment.hh"
#include "stacks/fingerprint.hh"
#include "stacks/foresight.hh"
#include "stacks/step.hh"
#include "stacks/template_place.hh"
#include "stacks/upload.hh"
#include "stacks/watch.hh"

namespace mainstay::stacks {
namespace {

class Up {
 public:
  Up(Session& session, const StackConfig& stack, CloudFormation cloud)
      : session_(session),
        stack_(stack),
        cloud_(std::move(cloud)),
        name_(session.config.full_name(stack)) {}

  Result<StepDone> run() {
    TRY(deployed_, cloud_.describe(name_));
    if (deployed_ && stack_.locked && !session_.options.force.contains(stack_.name))
      return skip("locked");
    bool has_source =
        !stack_.class_path.empty() || !stack_.template_path.empty() || !stack_.command.empty();
    if (!has_source)
      return Error("ConfigInvalid",
                   "stack " + stack_.name + " is not deployed, and has nothing to be made from")
          .where(session_.config.at(stack_))
          .with_hint(
              "give it a class_path, a template_path or a command; locked stacks need none "
              "once they are there");
    CHECK_OK(settle_first());
    CHECK_OK(prepare());
    if (!deployed_) return create();
    DeployedTemplate there(cloud_, deployed_->id);
    TRY(bool same, is_unchanged(there, *deployed_, rendered_, submission_));
    return same ? unchanged() : update(there);
  }
  // Of the operation that run() failed with, where there was one.
  const std::optional<Failure>& failure() const { return failure_; }
  Position place_of(const Error& error) const {
    return place_of_refusal(error, rendered_.document);
  }

 private:
  void say(const std::string& reason) { session_.say(stack_, StepState::running, reason); }

  void begins(Operation operation, size_t resources) {
    session_.begins(stack_, cloud_.region(), operation, resources);
  }

  // The persistent graph is told of what is there.
  Status note(const std::string& id) {
    GraphKeeper* graph = session_.around.graph;
    return graph ? graph->note(stack_.name, id) : Status();
  }

  // But for its protection, perhaps.
  Result<StepDone> unchanged() {
    CHECK_OK(note(deployed_->id));
    TRY(bool protected_now, protect());
    if (!protected_now) return skip("no changes");
    session_.keep_outputs(name_, deployed_->outputs);
    session_.say(stack_, StepState::done, "termination protection changed", true);
    return StepDone{false, true};
  }

  StepDone skip(const std::string& reason) {
    if (deployed_) session_.keep_outputs(name_, deployed_->outputs);
    session_.say(stack_, StepState::skipped, reason);
    return {true, false};
  }

  // Brings a stack that can't be updated as it is into a state where it can, or is gone.
  Status settle_first() {
    if (!deployed_) return {};
    StackPhase phase = deployed_->phase();
    if (phase == StackPhase::in_progress || phase == StackPhase::rolling_back) {
      // Most often our own earlier run, that was interrupted.
      say("attached: it is " + deployed_->status + " already");
      TRY(deployed_, wait(deployed_->id));
      if (deployed_ && deployed_->phase() != StackPhase::complete)
        return failed("what was under way already", *deployed_);
      return settle_first();
    }
    if (phase == StackPhase::in_review) return clear("removing an empty stack left in review");
    if (deployed_->status == "UPDATE_ROLLBACK_FAILED") return continue_rollback();
    if (deployed_->status == "DELETE_FAILED")
      return stuck("delete what keeps it by hand, then `mainstay down` tries again");
    if (phase != StackPhase::recreatable) return {};
    if (!session_.options.recreate_failed)
      return Error(deployed_->status == "ROLLBACK_FAILED" ? "StackStuck" : "StackFailed",
                   name_ + " is " + deployed_->status + ", so it can only be deleted")
          .with_hint("run again with --recreate-failed to delete it and create it anew");
    return clear("deleting the failed stack, to create it anew");
  }

  Error stuck(std::string hint) const {
    return Error("StackStuck", name_ + " is " + deployed_->status + ": " + deployed_->status_reason)
        .with_hint(std::move(hint));
  }

  // Once a run; what comes of it is a stack as it was before its last update.
  Status continue_rollback() {
    if (!session_.options.continue_rollback)
      return stuck(
          "mend what keeps its rollback from going on, then run again with --continue-rollback "
          "(and "
          "--skip-resource " +
          stack_.name + ":ID for what can't be mended)");
    CHECK_OK(before_writing());
    say("continuing its rollback");
    auto skipped = session_.options.skipped_resources.find(stack_.name);
    CHECK_OK(
        cloud_.continue_rollback(deployed_->id, skipped == session_.options.skipped_resources.end()
                                                    ? std::vector<std::string>{}
                                                    : skipped->second));
    TRY(deployed_, wait(deployed_->id));
    if (deployed_ && deployed_->status != "UPDATE_ROLLBACK_COMPLETE")
      return failed("continuing its rollback", *deployed_);
    return {};
  }

  // Whether that had to be changed.
  Result<bool> protect() {
    if (!stack_.termination_protection ||
        *stack_.termination_protection == deployed_->termination_protection)
      return false;
    CHECK_OK(cloud_.protect(deployed_->id, *stack_.termination_protection));
    return true;
  }

  // Whatever of the whole run needs a yes is asked for before anything of it is changed.
  Status before_writing() {
    return session_.foresight ? session_.foresight->before_first_write(session_) : Status();
  }

  Status clear(const std::string& reason) {
    CHECK_OK(before_writing());
    say(reason);
    CHECK_OK(cloud_.remove(deployed_->id, session_.config.service_role));
    TRY(auto left, wait(deployed_->id));
    if (left) return failed("could not be deleted", *left);
    deployed_.reset();
    return {};
  }

  Status prepare() {
    TRY(variables_, session_.variables_of(stack_));
    TRY(rendered_, session_.render(stack_, variables_));
    for (const std::string& warning : rendered_.warnings) session_.warn_once(warning);
    TRY(submission_, session_.submission_for(stack_, rendered_, variables_, deployed_));
    auto shown = session_.options.plan.find(stack_.name);
    if (shown == session_.options.plan.end() ||
        shown->second == fingerprint(deployed_, submission_))
      return {};
    return Error("PlanStale", name_ + " has moved since the plan was shown")
        .with_hint("look at `mainstay diff` again");
  }

  Result<StepDone> create() {
    CHECK_OK(before_writing());
    say("creating new stack");
    CHECK_OK(upload_if_needed(session_, stack_, cloud_, submission_));
    if (session_.around.graph) CHECK_OK(session_.around.graph->before_creation());
    std::string id = name_;
    size_t resources = 0;
    if (rendered_.needs_change_set) {
      if (stack_.timeout_minutes > 0)
        session_.warn_once("stack " + stack_.name +
                           ": AWS takes no timeout where a template has a transform");
      TRY(ChangeSet set, change_set(true));
      resources = set.changes.size();
      CHECK_OK(cloud_.execute_change_set(set.id, submission_.token));
    } else {
      auto verdict = local_verdict({nullptr, "", rendered_, submission_, cloud_.region()},
                                   session_.around.knowledge);
      if (verdict) {
        warn_of_properties(session_, verdict->after, rendered_.document);
        resources = verdict->after.size();
      }
      TRY(id, cloud_.create(submission_));
    }
    begins(Operation::create, resources);
    creating_ = true;
    return finish(id, "creating new stack");
  }

  Result<StepDone> update(DeployedTemplate& there) {
    TRY(assessment_, assess(there, *deployed_, rendered_, submission_, cloud_.region(),
                            session_.around.knowledge));
    warn_of_properties(session_, assessment_.verdict.after, rendered_.document);
    CHECK_OK(before_writing());
    CHECK_OK(upload_if_needed(session_, stack_, cloud_, submission_));
    // CloudFormation is asked beforehand where a person will be, and where we can't tell ourselves.
    if (session_.options.interactive || rendered_.needs_change_set ||
        !assessment_.unchecked.empty() || !assessment_.unseen.empty() || !consents().empty())
      return update_by_change_set();
    say("updating existing stack");
    TRY(bool updating, cloud_.update(submission_));
    if (!updating) return unchanged();
    begins(Operation::update, assessment_.changes.size());
    return finish(deployed_->id, "updating existing stack");
  }

  Result<StepDone> update_by_change_set() {
    TRY(ChangeSet set, change_set(false));
    if (set.empty) {
      CHECK_OK(cloud_.delete_change_set(set.id));
      return unchanged();
    }
    size_t resources = set.changes.size();
    join_verdicts(assessment_, std::move(set.changes), session_.around.knowledge);
    auto approved = approve();
    if (!approved || !*approved) {
      CHECK_OK(cloud_.delete_change_set(set.id));
      if (!approved) return approved.error();
      StepDone declined = skip("not approved");
      declined.declined = true;
      return declined;
    }
    if (!submission_.policy_body.empty())
      CHECK_OK(cloud_.set_policy(name_, submission_.policy_body));
    say("updating existing stack");
    CHECK_OK(cloud_.execute_change_set(set.id, ""));
    begins(Operation::update, resources);
    return finish(deployed_->id, "updating existing stack");
  }

  std::set<Consent> consents() const {
    return consents_for(stack_, assessment_.changes, assessment_.gains);
  }

  Result<bool> approve() {
    ApprovalRequest request{stack_.name, false, consents(), {}, assessment_.gains};
    bool only_replacements = session_.options.replacements_only && request.consents.empty();
    for (const ResourceChange& change : assessment_.changes)
      if (!only_replacements || change.may_replace()) request.changes.push_back(change);
    bool ask_about_all = session_.options.interactive && !request.changes.empty();
    if (request.consents.empty() && !ask_about_all) return true;
    if (session_.foresight && !ask_about_all)
      if (auto answer = session_.foresight->answered(stack_.name, request.consents)) return *answer;
    return session_.around.approver.approve(request);
  }

  Result<ChangeSet> change_set(bool is_new) {
    TRY(ChangeSet set, make_change_set(is_new));
    if (!set.empty && session_.around.knowledge.validates)
      if (auto findings = cloud_.validation_findings(set.id))
        for (const std::string& finding : *findings)
          session_.warn_once("stack " + stack_.name + ": " + finding);
    return set;
  }

  Result<ChangeSet> make_change_set(bool is_new) {
    return cloud_.make_change_set(submission_, is_new, "mainstay-" + session_.around.run_id,
                                  *session_.around.clock,
                                  session_.around.interruption.stop_waiting);
  }

  Result<std::optional<DeployedStack>> wait(const std::string& id) {
    return wait_until_settled(
        session_, stack_, cloud_, id,
        [&](const std::string& status) {
          if (phase_of(status) == StackPhase::rolling_back) say("rolling back");
        },
        deployed_ ? &*deployed_ : nullptr);
  }

  Result<StepDone> finish(const std::string& id, const std::string& what) {
    TRY(auto settled, wait(id));
    // With on_failure: DELETE nothing is left of it but its events.
    if (!settled && creating_ && stack_.on_failure == "DELETE" && id != name_) {
      settled.emplace();
      settled->id = id;
      settled->status = "DELETE_COMPLETE";
      return failed(what, *settled);
    }
    if (!settled)
      return Error("StackFailed", name_ + " was deleted by something else while " + what);
    if (settled->phase() != StackPhase::complete) return failed(what, *settled);
    CHECK_OK(note(settled->id));
    deployed_ = *settled;
    CHECK_OK(protect());
    session_.keep_outputs(name_, settled->outputs);
    session_.say(stack_, StepState::done, what, true);
    return StepDone{false, true};
  }

  Error failed(const std::string& what, const DeployedStack& settled) {
    failure_ = diagnose(cloud_, settled, &rendered_.document);
    Error error(failure_->rolled_back ? "StackFailed" : "RollbackFailed",
                what + " failed; it is " + settled.status);
    if (failure_->cause)
      error.message += ": " + failure_->cause->logical_id + ": " + failure_->cause->reason;
    return error;
  }

  Session& session_;
  const StackConfig& stack_;
  CloudFormation cloud_;
  std::string name_;
  std::optional<DeployedStack> deployed_;
  Value variables_;
  Rendered rendered_;
  Submission submission_;
  Assessment assessment_;
  bool creating_ = false;
  std::optional<Failure> failure_;
};

}  // namespace

Result<StepDone> bring_up_stack(Session& session, const StackConfig& stack) {
  if (!stack.enabled) {
    session.say(stack, StepState::skipped, "disabled");
    return StepDone{true, false};
  }
  auto cloud = session.cloud_for(stack);
  std::optional<Failure> failure;
  Result<StepDone> done = StepDone{};
  if (!cloud) {
    done = cloud.error();
  } else {
    Up up(session, stack, std::move(*cloud));
    done = up.run();
    failure = up.failure();
    if (!done) done = std::move(done.error()).where(up.place_of(done.error()));
  }
  if (!done) {
    session.say(stack, StepState::failed,
                failure ? "it is " + failure->status : done.error().message);
    session.around.reporter.failure(stack.name, done.error(), failure);
  }
  return done;
}

}  // namespace mainstay::stacks
