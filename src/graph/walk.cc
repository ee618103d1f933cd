#include "graph/walk.hh"

namespace mainstay::graph {

Walk::Walk(const Dag& dag, size_t at_once)
    : dag_(dag),
      at_once_(at_once == 0 ? dag.size() : at_once),
      unfinished_(dag.size()),
      outcomes_(dag.size(), Outcome::waiting) {
  for (Node n = 0; n < dag.size(); ++n) {
    waits_for_.push_back(dag.dependencies(n).size());
    if (waits_for_[n] == 0) ready_.push_back(n);
  }
}

std::optional<Node> Walk::next() {
  if (ready_.empty() || running_ >= at_once_) return std::nullopt;
  Node n = ready_.front();
  ready_.pop_front();
  ++running_;
  outcomes_[n] = Outcome::running;
  return n;
}

std::vector<Node> Walk::finish(Node n, bool succeeded) {
  --running_;
  --unfinished_;
  outcomes_[n] = succeeded ? Outcome::done : Outcome::failed;
  std::vector<Node> lost;
  if (succeeded) {
    for (Node dependent : dag_.dependents(n))
      if (--waits_for_[dependent] == 0 && outcomes_[dependent] == Outcome::waiting)
        ready_.push_back(dependent);
    return lost;
  }
  auto lose_dependents = [&](Node of) {
    for (Node dependent : dag_.dependents(of))
      if (outcomes_[dependent] == Outcome::waiting) {
        outcomes_[dependent] = Outcome::dependency_failed;
        lost.push_back(dependent);
      }
  };
  lose_dependents(n);
  for (size_t i = 0; i < lost.size(); ++i) lose_dependents(lost[i]);
  unfinished_ -= lost.size();
  return lost;
}

std::vector<Node> Walk::cancel() {
  std::vector<Node> cancelled;
  for (Node n = 0; n < dag_.size(); ++n)
    if (outcomes_[n] == Outcome::waiting) {
      outcomes_[n] = Outcome::cancelled;
      cancelled.push_back(n);
    }
  unfinished_ -= cancelled.size();
  ready_.clear();
  return cancelled;
}

}  // namespace mainstay::graph
