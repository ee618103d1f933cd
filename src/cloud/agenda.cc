#include "cloud/agenda.hh"

#include <algorithm>
#include <chrono>
#include <utility>

namespace mainstay::cloud {
namespace {

constexpr int64_t sleep_ms_max = 60'000;  // clocks of the wall may be set

}  // namespace

Agenda::Agenda(CloudClock& clock, std::optional<uint64_t> simulation) : clock_(clock) {
  if (simulation) random_.emplace(*simulation);
}

Agenda::~Agenda() {
  stop();
}

void Agenda::start() {
  std::lock_guard guard(mutex_);
  running_ = true;
}

void Agenda::stop() {
  std::vector<std::thread> threads;
  {
    std::lock_guard guard(mutex_);
    running_ = false;
    queue_.clear();
    entries_.clear();
    by_time_.clear();
    busy_.clear();
    target_.reset();
    reached_ = nullptr;
    threads.swap(threads_);
    if (timekeeper_.joinable()) threads.push_back(std::move(timekeeper_));
  }
  work_.notify_all();
  time_.notify_all();
  idle_.notify_all();
  for (std::thread& thread : threads) thread.join();
}

void Agenda::enqueue(Task task) {
  queue_.push_back(std::move(task));
  if (random_) return;
  if (waiting_threads_ < queue_.size() && threads_.size() < threads_max)
    threads_.emplace_back([this] { work(); });
  work_.notify_one();
}

void Agenda::post(Task task) {
  std::lock_guard guard(mutex_);
  if (running_) enqueue(std::move(task));
}

void Agenda::set(const std::string& key, Time when, Task task) {
  {
    std::lock_guard guard(mutex_);
    if (!running_) return;
    auto [it, fresh] = entries_.try_emplace(key);
    if (!fresh && !it->second.is_due) by_time_.erase({it->second.when, key});
    it->second = {when, std::move(task)};
    by_time_.emplace(when, key);
    if (random_) return;
    if (when <= clock_.now()) take_due();
    if (by_time_.empty() || by_time_.begin()->second != key) return;
    if (!timekeeper_.joinable()) timekeeper_ = std::thread([this] { keep_time(); });
  }
  time_.notify_one();
}

void Agenda::unset(const std::string& key) {
  std::lock_guard guard(mutex_);
  auto it = entries_.find(key);
  if (it == entries_.end()) return;
  if (!it->second.is_due) by_time_.erase({it->second.when, key});
  entries_.erase(it);
}

void Agenda::take_due() {
  Time now = clock_.now();
  while (!by_time_.empty() && by_time_.begin()->first <= now) {
    std::string key = by_time_.begin()->second;
    by_time_.erase(by_time_.begin());
    entries_.find(key)->second.is_due = true;
    if (busy_.insert(key).second) enqueue([this, key] { run_entry(key); });
  }
}

void Agenda::run_entry(const std::string& key) {
  Task task;
  {
    std::lock_guard guard(mutex_);
    auto it = entries_.find(key);
    if (it != entries_.end() && it->second.is_due) {
      task = std::move(it->second.task);
      entries_.erase(it);
    }
  }
  if (task) task();
  task = nullptr;
  std::lock_guard guard(mutex_);
  auto again = entries_.find(key);
  if (running_ && again != entries_.end() && again->second.is_due)
    enqueue([this, key] { run_entry(key); });
  else
    busy_.erase(key);
}

void Agenda::work() {
  Lock lock(mutex_);
  while (true) {
    ++waiting_threads_;
    work_.wait(lock, [&] { return !running_ || !queue_.empty(); });
    --waiting_threads_;
    if (!running_) return;
    Task task = std::move(queue_.front());
    queue_.pop_front();
    ++active_;
    lock.unlock();
    task();
    task = nullptr;  // what it captured goes before anybody hears that it is finished
    lock.lock();
    --active_;
    if (is_idle()) idle_.notify_all();
  }
}

// Waits for the first entry to be due, or takes the clock to where somebody wants it.
void Agenda::keep_time() {
  Lock lock(mutex_);
  while (running_) {
    if (target_) {
      step_towards(lock);
      continue;
    }
    take_due();
    int64_t wait_ms = sleep_ms_max;
    if (!by_time_.empty())
      wait_ms = std::clamp<int64_t>(clock_.wall_ms_until(by_time_.begin()->first), 1, sleep_ms_max);
    time_.wait_for(lock, std::chrono::milliseconds(wait_ms));
  }
}

void Agenda::step_towards(Lock& lock) {
  take_due();
  idle_.wait(lock, [&] { return !running_ || is_idle(); });
  if (!running_) return;
  bool on_the_way = !by_time_.empty() && by_time_.begin()->first <= *target_;
  Time now = clock_.now();
  if (on_the_way && by_time_.begin()->first <= now) return;
  clock_.move_to(on_the_way ? by_time_.begin()->first : *target_);
  if (on_the_way) return;
  target_.reset();
  Task reached = std::exchange(reached_, nullptr);
  lock.unlock();
  if (reached) reached();
  lock.lock();
}

bool Agenda::advance(Time to, Task done) {
  if (random_) {
    run_until([&] { return !has_due() && (!next() || *next() > to); });
    clock_.move_to(to);
    done();
    return true;
  }
  {
    std::lock_guard guard(mutex_);
    if (!running_ || target_) return false;
    target_ = to;
    reached_ = std::move(done);
    if (!timekeeper_.joinable()) timekeeper_ = std::thread([this] { keep_time(); });
  }
  time_.notify_one();
  return true;
}

bool Agenda::run_one() {
  Task task;
  {
    std::lock_guard guard(mutex_);
    take_due();
    if (queue_.empty()) return false;
    std::swap(queue_[random_->below(queue_.size())], queue_.back());
    task = std::move(queue_.back());
    queue_.pop_back();
  }
  task();
  return true;
}

bool Agenda::run_until(const std::function<bool()>& done, size_t steps_max) {
  for (size_t steps = 0; steps < steps_max; ++steps) {
    if (done()) return true;
    if (run_one()) continue;
    auto when = next();
    if (!when) return false;
    clock_.move_to(*when);
  }
  return done();
}

bool Agenda::has_due() const {
  std::lock_guard guard(mutex_);
  return !queue_.empty() || (!by_time_.empty() && by_time_.begin()->first <= clock_.now());
}

std::optional<Time> Agenda::next() const {
  std::lock_guard guard(mutex_);
  if (by_time_.empty()) return std::nullopt;
  return by_time_.begin()->first;
}

size_t Agenda::size() const {
  std::lock_guard guard(mutex_);
  return entries_.size() + queue_.size();
}

}  // namespace mainstay::cloud
