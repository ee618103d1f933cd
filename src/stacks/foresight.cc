#include "stacks/foresight.hh"

#include <algorithm>

#include "stacks/assessment.hh"

namespace mainstay::stacks {

Status Foresight::before_first_write(Session& session) {
  {
    std::unique_lock lock(mutex_);
    if (state_ == State::under_way) over_.wait(lock, [&] { return state_ == State::over; });
    if (state_ == State::over) return outcome_;
    state_ = State::under_way;
  }
  Status outcome = look(session);
  std::scoped_lock lock(mutex_);
  outcome_ = outcome;
  state_ = State::over;
  over_.notify_all();
  return outcome;
}

std::optional<bool> Foresight::answered(const std::string& stack,
                                        const std::set<Consent>& needed) const {
  std::scoped_lock lock(mutex_);
  auto given = given_.find(stack), refused = refused_.find(stack);
  if (given != given_.end() && std::ranges::includes(given->second, needed)) return true;
  if (refused != refused_.end()) return false;
  return std::nullopt;
}

Status Foresight::look(Session& session) {
  std::optional<Error> refused;
  for (const StackConfig* stack : stacks_) {
    if (session.around.interruption.begin_nothing.stop_requested()) break;
    Status asked = ask_about(session, *stack);
    // Whatever else can't be known of it now is said when its turn comes.
    if (asked || asked.error().code != "ApprovalNeeded") continue;
    if (!refused) {
      refused = asked.error();
    } else {
      refused->message += "; " + asked.error().message;
      if (!refused->hint.contains(asked.error().hint)) refused->hint += "; " + asked.error().hint;
    }
  }
  if (refused) return std::move(*refused);
  return {};
}

Status Foresight::ask_about(Session& session, const StackConfig& stack) {
  bool left_alone = stack.locked && !session.options.force.contains(stack.name);
  if (!stack.enabled || left_alone) return {};
  TRY(CloudFormation cloud, session.cloud_for(stack));
  TRY(auto deployed, cloud.describe(session.config.full_name(stack)));
  bool there = deployed && deployed->phase() != StackPhase::in_review &&
               deployed->phase() != StackPhase::recreatable;
  if (!there) return {};
  TRY(Value variables, session.variables_of(stack));
  TRY(Rendered rendered, session.render(stack, variables));
  TRY(Submission submission, session.submission_for(stack, rendered, variables, deployed));
  DeployedTemplate body(cloud, deployed->id);
  TRY(bool same, is_unchanged(body, *deployed, rendered, submission));
  if (same) return {};
  TRY(Assessment seen,
      assess(body, *deployed, rendered, submission, cloud.region(), session.around.knowledge));
  // What only a change set can tell is asked about when there is one.
  if (!seen.unchecked.empty() || !seen.unseen.empty()) return {};
  std::set<Consent> needed = consents_for(stack, seen.changes, seen.gains);
  if (needed.empty()) return {};
  TRY(bool yes, session.around.approver.approve(
                    {stack.name, false, needed, std::move(seen.changes), std::move(seen.gains)}));
  std::scoped_lock lock(mutex_);
  (yes ? given_ : refused_)[stack.name] = std::move(needed);
  return {};
}

}  // namespace mainstay::stacks
