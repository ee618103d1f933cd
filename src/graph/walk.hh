// Walks a graph in parallel: a node starts when all it depends on have succeeded. What depends on a
// node that failed is never started and reported as such; independent branches go on.
//
// Walk is the pure bookkeeping; run_walk drives it on an executor. Threads: Walk needs the caller's
// lock; run_walk brings its own.
#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "graph/dag.hh"

namespace mainstay::graph {

enum class Outcome : uint8_t {
  waiting,
  running,
  done,
  failed,
  dependency_failed,  // not started, since something it depends on did not succeed
  cancelled,          // not started, since the walk was stopped
};

class Walk {
 public:
  // The graph must be acyclic (Dag::order says) and outlive the walk. at_once 0: no limit.
  Walk(const Dag& dag, size_t at_once);
  // A node to start now, which counts as running; nothing if none can start yet.
  std::optional<Node> next();
  // Returns the nodes that will not run because of a failure, in breadth-first order.
  std::vector<Node> finish(Node n, bool succeeded);
  // Nothing more is started. Returns what is cancelled by it.
  std::vector<Node> cancel();
  bool over() const { return unfinished_ == 0; }
  Outcome outcome(Node n) const { return outcomes_[n]; }

 private:
  const Dag& dag_;
  size_t at_once_;
  size_t running_ = 0;
  size_t unfinished_;
  std::vector<Outcome> outcomes_;
  std::vector<size_t> waits_for_;
  std::deque<Node> ready_;
};

struct WalkOptions {
  size_t at_once = 0;  // nodes running at the same time, 0: no limit
  std::stop_token stop;
};

// Calls work(node) -> bool for each node on the executor (anything with submit(task) and
// wait_until(predicate)); dropped(node, outcome) for each that will never run. Calls of dropped are
// made one at a time. Returns the outcome of every node, by number.
template <class Executor, class Work, class Dropped>
std::vector<Outcome> run_walk(const Dag& dag, const WalkOptions& options, Executor& executor,
                              Work work, Dropped dropped) {
  std::mutex mutex;
  Walk walk(dag, options.at_once);
  size_t live = 0;  // tasks submitted that may still touch what is declared here
  std::function<void(Node)> run;
  auto start_ready = [&] {
    std::vector<Node> starting;
    {
      std::scoped_lock lock(mutex);
      if (options.stop.stop_requested())
        for (Node n : walk.cancel()) dropped(n, Outcome::cancelled);
      while (auto n = walk.next()) starting.push_back(*n);
      live += starting.size();
    }
    // Not under the lock: an executor holds its own while it asks whether we are done.
    for (Node n : starting) executor.submit([&run, n] { run(n); });
  };
  run = [&](Node n) {
    bool succeeded = work(n);
    {
      std::scoped_lock lock(mutex);
      for (Node lost : walk.finish(n, succeeded)) dropped(lost, Outcome::dependency_failed);
    }
    start_ready();
    std::scoped_lock lock(mutex);
    --live;
  };
  start_ready();
  executor.wait_until([&] {
    std::scoped_lock lock(mutex);
    return live == 0;
  });
  std::vector<Outcome> outcomes;
  for (Node n = 0; n < dag.size(); ++n) outcomes.push_back(walk.outcome(n));
  return outcomes;
}

}  // namespace mainstay::graph
