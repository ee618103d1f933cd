// Requests whose answers wait for something: asked again when somebody says that it may have come,
// or when it is late. No thread waits with them.
//
// Limits: waiters_max; further ones are asked again at once, as late. Threads: any.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "cloud/agenda.hh"

namespace mainstay::cloud {

class Waiters {
 public:
  static constexpr size_t waiters_max = 20'000;
  enum class Why : uint8_t { notified, late, ended };  // ended: the cloud stops or is reset
  using Resume = std::function<void(Why)>;

  explicit Waiters(Agenda& agenda) : agenda_(agenda) {}

  // Calls `resume` once, on a thread of the agenda.
  void add(const std::string& topic, Time until, Resume resume);
  void notify(const std::string& topic);
  // Resumes all, on this thread, because of the end.
  void end();
  size_t size() const;

 private:
  struct Waiter {
    std::string topic;
    Resume resume;
  };
  Resume take(uint64_t id);  // empty if it has been taken
  static std::string key_of(uint64_t id) { return "wait/" + std::to_string(id); }

  Agenda& agenda_;
  std::atomic<size_t> count_ = 0;  // of waiters, to look at without the lock
  mutable std::mutex mutex_;
  uint64_t next_id_ = 1;
  std::unordered_map<uint64_t, Waiter> waiters_;
  std::set<std::pair<std::string, uint64_t>> by_topic_;
};

}  // namespace mainstay::cloud
