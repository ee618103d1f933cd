// The engine: runs stack operations outside requests, on threads of its own.
//
// Everything an operation needs to know is in the stack's documents, and every step is journalled
// before the next begins; so start() takes up whatever was under way when the process ended.
// Threads: every method may be called from any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>

#include "cloud/cloud.hh"
#include "formation/provider.hh"
#include "formation/records.hh"
#include "host/executor.hh"

namespace mainstay::formation {

class Engine : public cloud::Background {
 public:
  Engine() : provider_(types_) {}
  ~Engine() override { stop(); }

  void start(cloud::Cloud& cloud) override;
  void stop() override;

  // Takes the operation up that the stack's documents describe; returns at once.
  void run_later(const StackKey& key);
  // The same on this thread, after whoever runs this stack now: returns when the operation is over
  // or the engine stops.
  void run_now(const StackKey& key);
  // Carries out a drift detection that the state holds; returns at once.
  void detect_later(const StackKey& stack, const std::string& detection_id);
  // Interrupts what an operation waits for and starts no more of its steps.
  void cancel(const StackKey& key);
  // A fresh way to cancel an operation that goes on after it was interrupted.
  std::stop_source arm(const StackKey& key);
  bool stopping() const { return stopping_; }

  const Types& types() const { return types_; }
  const Provider& provider() const { return provider_; }

  // Wakes all who wait: a signal came, a stack changed.
  void notify();
  // Until done() holds (asked after every notify), the time is over, or a stop is requested.
  // Returns the last answer of done().
  bool wait(int64_t timeout_ms, const std::stop_token& stop, const std::function<bool()>& done);
  // The same until it is `when` by the cloud's clock, which may go faster than time does.
  bool wait_until(Time when, const std::stop_token& stop, const std::function<bool()>& done);

 private:
  void resume();

  Types types_;
  Provider provider_;
  cloud::Cloud* cloud_ = nullptr;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;  // guards what follows
  std::condition_variable_any changed_;
  std::condition_variable idle_;  // a stack is no longer run by anybody
  uint64_t changes_ = 0;
  std::map<std::string, std::stop_source> running_;  // by stack id
  std::unique_ptr<ThreadPool> jobs_;
};

// The engine behind a call on CloudFormation.
Engine& engine_of(const cloud::Call& call);

}  // namespace mainstay::formation
