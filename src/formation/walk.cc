// Going over resources in the order that their references ask for: see operation.hh.
//
// Work on a resource ends in one of four ways: done; failed; not yet (not_yet(): it waits for what
// somebody will wake the stack for); or blocked (blocked(): by what others of the stack may free,
// so it is tried again as long as others get anywhere). When only what waits is left, the run ends.
#include <deque>

#include "formation/operation.hh"
#include "graph/walk.hh"

namespace mainstay::formation {

struct Operation::Round {
  Round(const graph::Dag& d, const Work& w, bool stop)
      : dag(d), work(w), stop_at_failure(stop), walk(d, 0) {}
  const graph::Dag& dag;
  const Work& work;
  const bool stop_at_failure;
  graph::Walk walk;
  std::set<std::string> begun;
  std::deque<graph::Node> ready, blocked;
  std::vector<graph::Node> waiting;
  bool got_anywhere = false;
  Outcome outcome;

  void take_ready() {
    while (auto n = walk.next())
      begun.contains(dag.name(*n)) ? ready.push_front(*n) : ready.push_back(*n);
  }
  void take(graph::Node n, const Status& done) {
    if (!done.has_value() && is_not_yet(done.error())) return waiting.push_back(n);
    if (!done.has_value() && is_blocked(done.error())) return blocked.push_back(n);
    walk.finish(n, done.has_value());
    got_anywhere = true;
    if (!done.has_value()) outcome.failed.push_back(dag.name(n));
  }
};

// Those that were being worked on when a run ended.
std::set<std::string> Operation::begun() const {
  std::set<std::string> ids;
  for (const auto& [id, r] : resources_)
    if (r["ResourceStatus"].as_string().ends_with("_IN_PROGRESS")) ids.insert(id);
  return ids;
}

// Requests may have told the operation to end, or have put another in its place.
Operation::Halt Operation::halted() {
  if (cloud_.is_ending()) return Halt::ended;
  Halt found = Halt::none;
  Status read = commit([&](Call& call) -> Status {
    TRY(Value now, find_stack(call, key_.id));
    const std::string& status = now["StackStatus"].as_string();
    if (now["StackStatus"] != stack_["StackStatus"] || now["_operation"]["Id"] != operation_id())
      found = Halt::ended;
    else if (status != "CREATE_IN_PROGRESS" && status != "UPDATE_IN_PROGRESS")
      found = Halt::none;  // what is on its way back or out can't be stopped
    else if (now["_operation"]["Cancel"].as_bool())
      found = Halt::cancelled;
    else if (const Value& deadline = now["_operation"]["Deadline"];
             deadline.is_time() && deadline.as_time() <= call.now)
      found = Halt::late;
    return {};
  });
  return read.has_value() ? found : Halt::ended;
}

// What had begun goes first and is dropped for nothing: what it has made so far is known only to
// the answers that its calls get when they are made again.
void Operation::walk_round(Round& round) {
  while (true) {
    round.take_ready();
    if (round.ready.empty()) {
      // Nothing that this run does frees them: either somebody else will, or nobody.
      bool stuck = !round.got_anywhere;
      if (round.blocked.empty() || (stuck && (is_last_try_ || !round.waiting.empty()))) return;
      is_last_try_ = stuck;
      round.got_anywhere = false;
      round.ready.swap(round.blocked);
      continue;
    }
    graph::Node n = round.ready.front();
    round.ready.pop_front();
    Halt halt = halted();
    is_over_ = halt == Halt::ended;
    if (is_over_) return;
    round.outcome.cancelled = halt == Halt::cancelled;
    round.outcome.late = halt == Halt::late;
    bool drop = halt != Halt::none || (round.stop_at_failure && !round.outcome.failed.empty());
    const std::string& name = round.dag.name(n);
    if (drop && !round.begun.contains(name) && !is_done(resource(name))) continue;
    round.take(n, round.work(name));
  }
}

// What waits while the rest has failed is told that it is not wanted any more; it may take its time
// to end all the same (a nested stack does).
void Operation::end_waiting(Round& round) {
  bool unwanted = round.outcome.cancelled || round.outcome.late ||
                  (round.stop_at_failure && !round.outcome.failed.empty());
  if (!unwanted || is_over_) return;
  ends_waiting_ = true;
  for (graph::Node n : std::exchange(round.waiting, {}))
    round.take(n, round.work(round.dag.name(n)));
  ends_waiting_ = false;
}

Outcome Operation::walk(const graph::Dag& dag, const Work& work, bool stop_at_failure) {
  Round round(dag, work, stop_at_failure);
  round.begun = begun();
  const Value& before = stack_["_operation"]["Failed"];
  if (stop_at_failure && before["In"].as_string() == step())
    for (const Value& id : before["Ids"].items()) round.outcome.failed.push_back(id.as_string());
  is_last_try_ = false;
  walk_round(round);
  is_last_try_ = false;
  end_waiting(round);
  if (is_over_) return round.outcome;
  round.outcome.waits = !round.waiting.empty();
  if (!round.outcome.waits)  // even the last try of these said that they may pass
    for (graph::Node n : round.blocked) round.outcome.failed.push_back(dag.name(n));
  if (round.outcome.waits) {
    is_over_ = true;
    if (stop_at_failure) keep_failed(round.outcome);
  }
  return round.outcome;
}

// So that the next run starts nothing new, and says the same in the end.
void Operation::keep_failed(const Outcome& outcome) {
  if (outcome.failed.empty()) return;
  Value ids = Value::list();
  for (const std::string& id : outcome.failed) ids.push_back(id);
  Value failed = Value::map({{"In", step()}, {"Ids", std::move(ids)}});
  (void)commit([&](Call& call) -> Status {
    TRY(Value now, find_stack(call, key_.id));
    if (now["_operation"]["Id"] != operation_id()) return {};
    now.member("_operation").set("Failed", failed);
    put_stack(call, now);
    return {};
  });
}

// A run that ends because something is awaited comes again when it is late, at the latest.
Status Operation::wait_to_be_woken() {
  const Value& deadline = stack_["_operation"]["Deadline"];
  if (deadline.is_time() && stack_["StackStatus"].as_string() == "CREATE_IN_PROGRESS" &&
      deadline.as_time() > cloud_.now())
    look_again_at(deadline.as_time());
  if (!look_at_) return {};
  return commit([&](Call& call) -> Status {
    wake_at(call, key_, *look_at_);
    return {};
  });
}

}  // namespace mainstay::formation
