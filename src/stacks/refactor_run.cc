// One refactor of CloudFormation's, with what comes before and after: see refactor.hh.
#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "stacks/refactor_members.hh"
#include "stacks/upload.hh"
#include "stacks/watch.hh"

namespace mainstay::stacks {
namespace {

class RefactorRun {
 public:
  RefactorRun(Session& session, const RefactorPlan& plan,
              const std::vector<RefactorMember*>& members)
      : session_(session), plan_(plan), members_(members) {}

  Status run() {
    if (!plan_.moves.empty()) {
      CHECK_OK(make_new_ones());
      CHECK_OK(put_placeholders());
      CHECK_OK(move());
    }
    for (RefactorMember* m : members_) CHECK_OK(m->is_leaving ? remove(*m) : finish(*m));
    return {};
  }

 private:
  void say(const RefactorMember& m, StepState state, const std::string& what) {
    session_.say(*m.stack, state, what, state == StepState::done);
  }

  Result<DeployedStack> settled(const RefactorMember& m, const std::string& id,
                                const std::string& what) {
    TRY(auto now, wait_until_settled(session_, *m.stack, m.cloud, id, [](const auto&) {}));
    if (!now) return Error("StackFailed", m.name + " is gone while " + what);
    if (now->phase() == StackPhase::complete) return std::move(*now);
    Failure failure = diagnose(m.cloud, *now, nullptr);
    Error error("StackFailed", what + " failed; " + m.name + " is " + now->status);
    if (failure.cause)
      error.message += ": " + failure.cause->logical_id + ": " + failure.cause->reason;
    session_.say(*m.stack, StepState::failed, "it is " + now->status);
    return error;
  }

  // With its parameters, tags and rights, so that they are there when resources come.
  Status make_new_ones() {
    for (RefactorMember* m : members_) {
      if (m->deployed) continue;
      say(*m, StepState::running, "creating the stack, with nothing in it yet");
      Value body = parse_json(moved_body(*m)).value();
      body.erase("Outputs");
      body.set("Resources",
               Value::map({{refactor_placeholder, body["Resources"][refactor_placeholder]}}));
      Submission s = m->submission;
      s.template_body = to_json(body);
      s.policy_body = "";  // "doesn't support stacks that have stack policies" (user guide)
      CHECK_OK(upload_if_needed(session_, *m->stack, m->cloud, s));
      if (session_.around.graph) CHECK_OK(session_.around.graph->before_creation());
      TRY(std::string id, m->cloud.create(s));
      session_.begins(*m->stack, m->cloud.region(), Operation::create, 1);
      TRY(m->deployed, settled(*m, id, "creating the stack"));
      made_.push_back(m);
      m->has_placeholder = true;
      m->there = m->rendered.document;
      if (session_.around.graph) CHECK_OK(session_.around.graph->note(m->stack->name, id));
    }
    return {};
  }

  static Submission as_deployed(const RefactorMember& m, std::string body) {
    Submission s = submission_as_deployed(*m.deployed);
    s.template_body = std::move(body);
    return s;
  }

  Status put_placeholders() {
    for (RefactorMember* m : members_) {
      if (!m->is_leaving || m->has_placeholder) continue;
      say(*m, StepState::running, "putting a placeholder into the stack that is emptied");
      Value body = m->there.root;
      body.member("Resources")
          .set(refactor_placeholder,
               Value::map({{"Type", "AWS::CloudFormation::WaitConditionHandle"}}));
      Submission s = as_deployed(*m, to_json(body));
      CHECK_OK(upload_if_needed(session_, *m->stack, m->cloud, s));
      CHECK_OK(m->cloud.update(s));
      TRY(m->deployed, settled(*m, m->deployed->id, "putting a placeholder into it"));
      m->has_placeholder = true;
    }
    return {};
  }

  Status move() {
    const CloudFormation& cloud = members_.front()->cloud;
    std::vector<Submission> definitions;
    for (const RefactorMember* m : members_) {
      Submission s;
      s.stack_name = m->name;
      s.template_body = moved_body(*m);
      CHECK_OK(upload_if_needed(session_, *m->stack, m->cloud, s));
      definitions.push_back(std::move(s));
      say(*m, StepState::running, "moving resources");
    }
    TRY(std::string id, cloud.create_refactor(definitions, plan_.moves));
    TRY(Value judged, outcome(id, "Status"));
    if (judged["Status"].as_string() != "CREATE_COMPLETE")
      return refused(judged["StatusReason"].as_string());
    TRY(auto moves, cloud.refactor_moves(id));
    if (!are_ours(moves)) return refused("it would move other resources than were shown");
    CHECK_OK(cloud.execute_refactor(id));
    TRY(Value done, outcome(id, "ExecutionStatus"));
    // The stacks may be at it for a moment longer (issue 1804 of aws-cdk-cli).
    for (const RefactorMember* m : members_)
      CHECK_OK(
          wait_until_settled(session_, *m->stack, m->cloud, m->deployed->id, [](const auto&) {}));
    if (done["ExecutionStatus"].as_string() != "EXECUTE_COMPLETE")
      return refused(done["ExecutionStatus"].as_string() + ": " +
                     done["ExecutionStatusReason"].as_string());
    return {};
  }

  Result<Value> outcome(const std::string& id, const char* member) {
    return members_.front()->cloud.refactor_settled(id, member, *session_.around.clock,
                                                    session_.around.interruption.stop_waiting);
  }

  bool are_ours(std::vector<ResourceMove> moves) const {
    auto by_place = [](const ResourceMove& a, const ResourceMove& b) { return a.to < b.to; };
    std::vector<ResourceMove> ours = plan_.moves;
    std::ranges::sort(moves, by_place);
    std::ranges::sort(ours, by_place);
    return std::ranges::equal(moves, ours, [](const ResourceMove& a, const ResourceMove& b) {
      return a.from == b.from && a.to == b.to;
    });
  }

  // What was made for the move goes again; nothing else has changed.
  Error refused(const std::string& reason) {
    for (RefactorMember* m : made_) (void)remove(*m).has_value();
    for (RefactorMember* m : members_)
      if (m->is_leaving) (void)take_placeholder_out(*m).has_value();
    for (const RefactorMember* m : members_)
      session_.say(*m->stack, StepState::failed, "not moved");
    return Error("RefactorRefused", "CloudFormation does not move them: " + reason)
        .with_hint("nothing was moved");
  }

  Status take_placeholder_out(RefactorMember& m) {
    Submission s = as_deployed(m, to_json(m.there.root));
    CHECK_OK(upload_if_needed(session_, *m.stack, m.cloud, s));
    CHECK_OK(m.cloud.update(s));
    return settled(m, m.deployed->id, "taking the placeholder out").has_value()
               ? Status()
               : Status(Error("StackFailed", m.name + " keeps its placeholder"));
  }

  // Brings what a refactor can't: parameters, tags, sections that nothing hangs on. Nothing but the
  // placeholder may go, and no property may change.
  Status finish(RefactorMember& m) {
    TRY(m.deployed, m.cloud.describe(m.deployed->id));
    if (!m.deployed) return Error("StackFailed", m.name + " is gone");
    DeployedTemplate there(m.cloud, m.deployed->id);
    TRY(bool same, is_unchanged(there, *m.deployed, m.rendered, m.submission));
    if (!same) CHECK_OK(update(m));
    session_.keep_outputs(m.name, m.deployed->outputs);
    say(m, StepState::done, "resources moved");
    return {};
  }

  static bool is_harmless(const ResourceChange& change) {
    if (change.logical_id == refactor_placeholder) return change.action == "Remove";
    return change.action == "Modify" && std::ranges::none_of(change.scope, [](const auto& scope) {
             return scope == "Properties";
           });
  }

  Status update(RefactorMember& m) {
    Submission s = m.submission;
    s.template_body = m.rendered.body;
    CHECK_OK(upload_if_needed(session_, *m.stack, m.cloud, s));
    TRY(ChangeSet set,
        m.cloud.make_change_set(s, false, "mainstay-" + session_.around.run_id,
                                *session_.around.clock, session_.around.interruption.stop_waiting));
    auto other = std::ranges::find_if_not(set.changes, is_harmless);
    if (set.empty || other != set.changes.end()) {
      CHECK_OK(m.cloud.delete_change_set(set.id));
      if (set.empty) return {};
      return Error("NotAMove", "the resources are moved, and " + m.name + "." + other->logical_id +
                                   " would change besides")
          .with_hint("look at `mainstay diff`; `mainstay up` does it");
    }
    say(m, StepState::running, "bringing parameters and tags in line");
    if (!s.policy_body.empty()) CHECK_OK(m.cloud.set_policy(m.name, s.policy_body));
    CHECK_OK(m.cloud.execute_change_set(set.id, ""));
    TRY(m.deployed, settled(m, m.deployed->id, "bringing parameters and tags in line"));
    return {};
  }

  // Only one that has nothing but the placeholder.
  Status remove(RefactorMember& m) {
    TRY(auto left, m.cloud.resources(m.deployed->id));
    left.erase(refactor_placeholder);
    if (!left.empty())
      return Error("StackFailed", m.name + " is not deleted: it still has " + left.begin()->first);
    CHECK_OK(m.cloud.remove(m.deployed->id, session_.config.service_role));
    TRY(auto rest,
        wait_until_settled(session_, *m.stack, m.cloud, m.deployed->id, [](const auto&) {}));
    if (rest && rest->phase() != StackPhase::deleted)
      return Error("StackFailed", m.name + " could not be deleted; it is " + rest->status);
    if (session_.around.graph) CHECK_OK(session_.around.graph->forget(m.stack->name));
    say(m, StepState::done, "nothing is left in it: deleted");
    return {};
  }

  Session& session_;
  const RefactorPlan& plan_;
  const std::vector<RefactorMember*>& members_;
  std::vector<RefactorMember*> made_;
};

}  // namespace

Status carry_out_refactor(Session& session, const RefactorPlan& plan,
                          const std::vector<RefactorMember*>& members) {
  return RefactorRun(session, plan, members).run();
}

}  // namespace mainstay::stacks
