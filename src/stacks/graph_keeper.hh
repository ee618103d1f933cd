// A run's hold on the persistent graph: it is read once, changed as stacks come and go, and written
// before the first creation (so that nothing is made that it does not know of), once a second while
// it changes, and at the end.
//
// Threads: any, but for hold and release. Owner: the run.
#pragma once

#include <functional>
#include <mutex>

#include "host/clock.hh"
#include "stacks/graph_store.hh"
#include "stacks/persistent_graph.hh"

namespace mainstay::stacks {

class GraphKeeper {
 public:
  struct Setup {
    GraphStore& store;
    Clock& clock;
    GraphOwner owner;
    // Whether the holder of a lock has ended, so that nobody will ever release it; false where that
    // can't be told from here.
    std::function<bool(const GraphOwner&)> has_ended;
    std::string break_lock;  // the run whose lock is not to count
  };
  explicit GraphKeeper(Setup setup) : setup_(std::move(setup)) {}

  // Takes the lock and reads the graph. Errors: "GraphLocked" naming the owner; "GraphInvalid".
  Status hold();
  // Without the lock, to look.
  Status look();
  // Writes what is not written yet and lets go. Nothing where it was not held.
  Status release();

  PersistentGraph graph() const;
  std::optional<KeptStack> known(const std::string& name) const;
  // What the run may make: written down before it makes the first of them. Times are filled in.
  void intend(std::map<std::string, KeptStack> stacks);
  Status before_creation();
  // One of what was intended is there; others are passed over.
  Status note(const std::string& name, const std::string& id);
  Status forget(const std::string& name);
  // Of a lock that was taken over, for people; "" for none.
  const std::string& notice() const { return notice_; }

 private:
  Status take_lock();
  Status read();
  Status written_by(int64_t age_ms);

  Setup setup_;
  mutable std::mutex mutex_;
  PersistentGraph graph_;
  std::map<std::string, KeptStack> intended_;
  bool held_ = false, dirty_ = false, intention_written_ = false;
  int64_t written_ms_ = 0;
  std::string notice_;
};

}  // namespace mainstay::stacks
