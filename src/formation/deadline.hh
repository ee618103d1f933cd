// The end of the time that an operation may take, by the cloud's clock.
#pragma once

#include <atomic>
#include <stop_token>

#include "base/time.hh"
#include "base/value.hh"
#include "formation/engine.hh"

namespace mainstay::formation {

// While it lives, requests a stop of `operation` once it is `when`. A null `when`: never.
class Deadline {
 public:
  Deadline(Engine& engine, const Value& when, std::stop_source operation);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  bool has_passed() const { return passed_; }

 private:
  std::atomic<bool> passed_ = false;
  std::stop_source over_;
  ThreadPool watcher_{1};  // ends first
};

}  // namespace mainstay::formation
