#include "stacks/watch.hh"

#include <algorithm>

namespace mainstay::stacks {
namespace {

// What CloudFormation says of resources that it stopped because another one failed.
bool is_cancellation(const StackEvent& event) {
  return event.reason.contains("cancelled") || event.reason.contains("canceled");
}

bool is_clean(std::string_view status) {
  return status == "ROLLBACK_COMPLETE" || status == "UPDATE_ROLLBACK_COMPLETE" ||
         status == "DELETE_COMPLETE";
}

bool is_turn(const StackEvent& event) {
  return event.is_stack && event.status.ends_with("ROLLBACK_IN_PROGRESS");
}
bool is_turn_to_deletion(const StackEvent& event) {
  return event.is_stack && event.status == "DELETE_IN_PROGRESS";
}

// How long it went forwards and back, and what could not be taken back.
void note_times(Failure& failure, const std::vector<StackEvent>& events) {
  if (events.empty()) return;
  bool deleted = failure.status == "DELETE_COMPLETE";
  auto turn = std::ranges::find_if(events, deleted ? is_turn_to_deletion : is_turn);
  Time end = events.back().time;
  Time turned = turn == events.end() ? end : turn->time;
  failure.failed_after_ms = turned.ms - events.front().time.ms;
  failure.rolled_back_in_ms = end.ms - turned.ms;
  for (; turn != events.end(); ++turn)
    if (!turn->is_stack && (turn->status == "DELETE_FAILED" || turn->status == "DELETE_SKIPPED"))
      failure.left_behind.push_back(turn->logical_id);
}

class EventTail {
 public:
  EventTail(const Session& session, const StackConfig& stack, const CloudFormation& cloud,
            const std::string& id)
      : session_(session), stack_(stack), cloud_(cloud), id_(id) {}

  void show_new() {
    if (!session_.around.reporter.wants_events()) return;
    auto events = cloud_.last_operation(id_, last_);
    if (!events) return;  // only for people to see; what matters is the stack's status
    for (const StackEvent& event : *events) {
      session_.around.reporter.event(stack_.name, event);
      last_ = event.id;
    }
  }

 private:
  const Session& session_;
  const StackConfig& stack_;
  const CloudFormation& cloud_;
  std::string id_, last_;
};

// Cancels what goes on, once, where that was asked for and can be done.
class TakingBack {
 public:
  TakingBack(const Interruption& interruption, const CloudFormation& cloud)
      : interruption_(interruption), cloud_(cloud) {}

  // Error "Interrupted" for what can't be cancelled: it is no longer waited for.
  Status look(const DeployedStack& now) {
    if (done_ || !interruption_.take_back.stop_requested()) return {};
    if (now.phase() == StackPhase::rolling_back || now.status.contains("CLEANUP")) return {};
    if (now.status != "UPDATE_IN_PROGRESS")
      return Error("Interrupted",
                   "only updates can be cancelled; the stack goes on with " + now.status);
    done_ = true;
    return cloud_.cancel_update(now.id);
  }

 private:
  const Interruption& interruption_;
  const CloudFormation& cloud_;
  bool done_ = false;
};

}  // namespace

Result<std::optional<DeployedStack>> wait_until_settled(
    const Session& session, const StackConfig& stack, const CloudFormation& cloud,
    const std::string& id, const std::function<void(const std::string& status)>& changed,
    const DeployedStack* before) {
  const PollPolicy& policy = session.around.poll;
  Clock& clock = *session.around.clock;
  EventTail tail(session, stack, cloud, id);
  Session::Waiting waiting(session);
  StackPoller::Waiter waiter(session.poller, stack.profile + "\n" + cloud.region());
  TakingBack taking_back(session.around.interruption, cloud);
  std::string status;
  int64_t started_ms = clock.monotonic_ms();
  auto wait_ms = static_cast<double>(policy.first_ms);
  while (true) {
    TRY(auto now, waiter.ask(cloud, id));
    tail.show_new();
    if (!now || now->phase() == StackPhase::deleted) return std::nullopt;
    bool settled =
        now->phase() != StackPhase::in_progress && now->phase() != StackPhase::rolling_back;
    bool is_as_before = before && now->id == before->id && now->status == before->status &&
                        now->changed_at == before->changed_at;
    bool may_be_stale = is_as_before && clock.monotonic_ms() - started_ms < policy.stale_ms;
    if (settled && !may_be_stale) return now;
    if (std::exchange(status, now->status) != now->status) changed(now->status);
    CHECK_OK(taking_back.look(*now));
    if (clock.monotonic_ms() - started_ms > policy.patience_ms)
      return Error("WaitTimeout", "the stack is still " + now->status + "; it goes on without us");
    if (!clock.sleep_ms(static_cast<int64_t>(wait_ms), session.around.interruption.stop_waiting))
      return Error("Interrupted", "no longer waiting; the stack goes on with " + now->status);
    wait_ms = std::min(wait_ms * policy.growth, static_cast<double>(policy.longest_ms));
  }
}

Failure diagnose(const CloudFormation& cloud, const DeployedStack& stack,
                 const cfn::Document* document) {
  Failure failure;
  failure.status = stack.status;
  failure.rolled_back = is_clean(stack.status);
  // With on_failure: DELETE a failed creation is followed by a deletion, which is its rolling back.
  bool deleted = stack.status == "DELETE_COMPLETE";
  auto events = deleted ? cloud.events(stack.id) : cloud.last_operation(stack.id);
  if (!events) return failure;
  note_times(failure, *events);
  // Nothing was begun then; what was found is only told there.
  for (const StackEvent& event : *events)
    if (event.is_invalid && !failure.cause && !event.operation.empty())
      if (auto found = cloud.invalid_resources(event.operation); found && !found->empty())
        failure.cause = found->front();
  for (const StackEvent& event : *events) {
    if (!event.failed() || event.is_stack) continue;
    if (is_cancellation(event))
      ++failure.cancelled;
    else if (!failure.cause)
      failure.cause = event;
  }
  if (failure.cause && document)
    failure.at = document->key_at(cfn::Path{"Resources", failure.cause->logical_id});
  return failure;
}

}  // namespace mainstay::stacks
