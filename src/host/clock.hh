// Time as the program sees it: what o'clock it is, how long things take, and waiting. Everything
// that waits does so through a Clock, so that it can be simulated.
//
// Threads: every method may be called from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <stop_token>

#include "base/time.hh"

namespace mainstay {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;              // UTC; may jump
  virtual int64_t monotonic_ms() const = 0;  // only differences mean something
  // Returns early, and false, where a stop is requested.
  virtual bool sleep_ms(int64_t duration_ms, std::stop_token stop = {}) = 0;
};

// The operating system's clocks.
class RealClock : public Clock {
 public:
  Time now() const override;
  int64_t monotonic_ms() const override;
  bool sleep_ms(int64_t duration_ms, std::stop_token stop = {}) override;
};

// Starts at a given time; sleeping takes no time but moves the clock.
class SimulatedClock : public Clock {
 public:
  explicit SimulatedClock(Time start) : start_(start), now_ms_(start.ms) {}
  Time now() const override { return {now_ms_.load()}; }
  int64_t monotonic_ms() const override { return now_ms_.load() - start_.ms; }
  bool sleep_ms(int64_t duration_ms, std::stop_token stop = {}) override;

 private:
  Time start_;
  std::atomic<int64_t> now_ms_;
};

}  // namespace mainstay
