// What the cloud does outside requests: work to do soon, and work to do at a time by its clock.
//
// It holds no state that must last: what must is in documents (timers.hh, outbox.hh), from which
// the agenda is filled at start. Work runs on a few threads, started when first needed; no work may
// wait for other work. Simulated, there are no threads: whoever owns the cloud runs one piece after
// another, in an order that a seed decides, and the clock moves only when nothing is left to do.
//
// Threads: any. Nothing is called under its lock.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "base/random.hh"
#include "base/time.hh"
#include "cloud/clock.hh"

namespace mainstay::cloud {

class Agenda {
 public:
  using Task = std::function<void()>;  // must not throw
  static constexpr size_t threads_max = 8;

  // simulation: the seed of its order; nothing for threads.
  explicit Agenda(CloudClock& clock, std::optional<uint64_t> simulation = {});
  ~Agenda();

  void start();
  // Forgets what has not begun; returns when nothing runs. Until start() nothing is taken on.
  void stop();

  void post(Task task);
  // An entry a key, which replaces the one before. Tasks of one key never run beside each other:
  // one that is due while the last one runs waits for its end.
  void set(const std::string& key, Time when, Task task);
  void unset(const std::string& key);

  // Lets the clock go on to a time, stopping at each entry on the way until all that is due then is
  // done; then calls `done` (in simulation before it returns). One at a time: false while another
  // is under way.
  bool advance(Time to, Task done);

  // Simulation alone. Runs one piece of what is due now; false if there is none.
  bool run_one();
  // Runs what is due until `done` holds, moving the clock to the next entry when nothing is;
  // returns its last answer. steps_max: so that a circle of work ends, too.
  bool run_until(const std::function<bool()>& done, size_t steps_max = 10'000'000);

  bool is_simulated() const { return random_.has_value(); }
  bool has_due() const;
  std::optional<Time> next() const;  // when the first entry is due
  size_t size() const;               // entries and work that has not begun

 private:
  struct Entry {
    Time when;
    Task task;
    bool is_due = false;  // taken off by_time_, waits for its key
  };
  using Lock = std::unique_lock<std::mutex>;

  void take_due();  // under the lock
  void enqueue(Task task);
  void run_entry(const std::string& key);
  void work();
  void keep_time();
  void step_towards(Lock& lock);
  bool is_idle() const { return queue_.empty() && active_ == 0; }

  CloudClock& clock_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable work_, time_, idle_;
  std::optional<Random> random_;
  bool running_ = false;
  std::deque<Task> queue_;
  size_t active_ = 0, waiting_threads_ = 0;
  std::map<std::string, Entry> entries_;
  std::set<std::pair<Time, std::string>> by_time_;
  std::unordered_set<std::string> busy_;  // keys whose task is queued or runs
  std::optional<Time> target_;            // of an advance that is under way
  Task reached_;
  std::vector<std::thread> threads_;
  std::thread timekeeper_;
};

}  // namespace mainstay::cloud
