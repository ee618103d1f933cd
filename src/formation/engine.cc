#include "formation/engine.hh"

#include <algorithm>
#include <chrono>

#include "formation/drift.hh"
#include "formation/operation.hh"
#include "store/store.hh"

namespace mainstay::formation {
namespace {

constexpr size_t stacks_at_once = 64;
constexpr int64_t clock_read_every_ms = 100;

}  // namespace

void Engine::start(cloud::Cloud& cloud) {
  {
    std::lock_guard guard(mutex_);
    cloud_ = &cloud;
    stopping_ = false;
    jobs_ = std::make_unique<ThreadPool>(stacks_at_once);
  }
  resume();
}

void Engine::resume() {
  std::vector<StackKey> unfinished;
  std::set<std::string> operations;
  store::Store& store = cloud_->store();
  for (store::Shard* shard : store.shards("cloudformation")) {
    store::Unit unit(store, *shard, store::Mode::read);
    for (const auto& [id, stack] : unit.all("stack"))
      if (in_progress(stack)) {
        operations.insert(stack["_operation"]["Id"].as_string());
        if (!stack.has("ParentId"))  // a nested stack waits for its parent
          unfinished.push_back({shard->key.account, shard->key.region, id});
      }
    for (const auto& [id, detection] : unit.all("drift-detection"))
      if (is_running(detection))
        detect_later({shard->key.account, shard->key.region, detection["StackId"].as_string()}, id);
  }
  cloud_->forget_answers_but(operations);
  for (const StackKey& key : unfinished) run_later(key);
}

void Engine::stop() {
  std::unique_ptr<ThreadPool> jobs;
  {
    std::lock_guard guard(mutex_);
    stopping_ = true;
    for (auto& [id, source] : running_) source.request_stop();
    jobs = std::move(jobs_);
  }
  notify();
}  // the pool ends with its jobs, which see that they are stopped

void Engine::run_later(const StackKey& key) {
  std::lock_guard guard(mutex_);
  if (jobs_) jobs_->submit([this, key] { run_now(key); });
}

void Engine::detect_later(const StackKey& stack, const std::string& detection_id) {
  std::lock_guard guard(mutex_);
  if (jobs_)
    jobs_->submit(
        [this, stack, detection_id] { run_detection(*this, *cloud_, stack, detection_id); });
}

void Engine::run_now(const StackKey& key) {
  {
    // One at a time: who is about to end may still see, and then do, what has come meanwhile.
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [&] { return !running_.contains(key.id); });
    running_[key.id] = std::stop_source();
  }
  Operation(*this, *cloud_, key, arm(key)).run();
  {
    std::lock_guard guard(mutex_);
    running_.erase(key.id);
  }
  idle_.notify_all();
  notify();
}

std::stop_source Engine::arm(const StackKey& key) {
  std::stop_source source;
  std::lock_guard guard(mutex_);
  if (stopping_) source.request_stop();
  running_[key.id] = source;
  return source;
}

void Engine::cancel(const StackKey& key) {
  std::lock_guard guard(mutex_);
  if (auto it = running_.find(key.id); it != running_.end()) it->second.request_stop();
}

void Engine::notify() {
  {
    std::lock_guard guard(mutex_);
    ++changes_;
  }
  changed_.notify_all();
}

// done() is asked without the lock: it takes locks of its own.
bool Engine::wait(int64_t timeout_ms, const std::stop_token& stop,
                  const std::function<bool()>& done) {
  auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  while (true) {
    uint64_t seen;
    {
      std::lock_guard guard(mutex_);
      seen = changes_;
    }
    if (done()) return true;
    std::unique_lock lock(mutex_);
    if (!changed_.wait_until(lock, stop, end, [&] { return changes_ != seen; })) {
      lock.unlock();
      return done();
    }
  }
}

bool Engine::wait_until(Time when, const std::stop_token& stop, const std::function<bool()>& done) {
  while (!stop.stop_requested()) {
    int64_t left_ms = when - cloud_->now();
    if (left_ms <= 0) break;
    if (wait(std::min(left_ms, clock_read_every_ms), stop, done)) return true;
  }
  return done();
}

Engine& engine_of(const cloud::Call& call) {
  return static_cast<Engine&>(*call.service.background);
}

}  // namespace mainstay::formation
