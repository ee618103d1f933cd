// Where work runs: on a pool of threads, or, simulated, one piece after another on the caller's
// thread in an order that a seed decides.
//
// Threads: submit and wait_until may be called from any thread; wait_until not from inside a task.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/random.hh"

namespace mainstay {

class Executor {
 public:
  using Task = std::function<void()>;  // must not throw
  virtual ~Executor() = default;
  virtual void submit(Task task) = 0;
  // Returns when done() holds; it is asked again after every finished task.
  virtual void wait_until(const std::function<bool()>& done) = 0;
};

// Threads are started as needed, threads_max at most. The destructor finishes what was submitted.
class ThreadPool : public Executor {
 public:
  explicit ThreadPool(size_t threads_max) : threads_max_(threads_max) {}
  ~ThreadPool() override;
  void submit(Task task) override;
  void wait_until(const std::function<bool()>& done) override;

 private:
  void run();

  const size_t threads_max_;
  std::mutex mutex_;
  std::condition_variable work_;      // something was submitted, or closing
  std::condition_variable finished_;  // a task has ended
  std::deque<Task> queue_;
  std::vector<std::thread> threads_;
  size_t idle_ = 0;
  bool closing_ = false;
};

// Tasks run inside wait_until. One thread only.
class SimulatedExecutor : public Executor {
 public:
  explicit SimulatedExecutor(uint64_t seed) : random_(seed) {}
  void submit(Task task) override { queue_.push_back(std::move(task)); }
  // Returns, too, when nothing is left to run.
  void wait_until(const std::function<bool()>& done) override;

 private:
  Random random_;
  std::vector<Task> queue_;
};

}  // namespace mainstay
