// The cloud's own clock: as fast as the wall's, faster, or standing until it is moved.
//
// State machines ask it how long their steps take ("a database is creating for four minutes"): by
// default no time at all, so that nobody waits for what a box need not wait for; explicit times (a
// visibility timeout, a schedule, an expiry) always count. It never goes backwards, also over a
// restart where its document is kept. Threads: any.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string_view>

#include "base/error.hh"
#include "base/time.hh"
#include "base/value.hh"

namespace mainstay::cloud {

struct TimePlan {
  // instant: the wall's time, and steps that take none. realistic: the wall's time, and steps as
  // long as AWS's. scaled: those, `scale` times as fast. stepped: stands until it is advanced.
  enum class Mode : uint8_t { instant, realistic, scaled, stepped };
  Mode mode = Mode::instant;
  double scale = 1;  // scaled: 0 < scale <= scale_max

  static constexpr double scale_max = 1e6;
  // "instant", "realistic", "scaled:60", "stepped". Error: "TimePlanInvalid".
  static Result<TimePlan> parse(std::string_view text);
  std::string to_text() const;
};

class CloudClock {
 public:
  explicit CloudClock(std::function<Time()> wall, TimePlan plan = {});

  Time now() const;
  Time wall() const { return wall_(); }  // what clients sign their requests with
  const TimePlan& plan() const { return plan_; }
  // How long a step of a state machine takes that takes AWS this long.
  int64_t duration(int64_t ms) const { return plan_.mode == TimePlan::Mode::instant ? 0 : ms; }
  // Of the wall's time, until it is `when` here; a very long time where the clock stands.
  int64_t wall_ms_until(Time when) const;
  // Moves it forward; it goes on from there. No effect for times that have passed.
  void move_to(Time when);

  // What a state keeps of it, and a clock that goes on where that one was.
  Value document() const;
  void resume(const Value& document);

 private:
  double rate() const;

  std::function<Time()> wall_;
  TimePlan plan_;
  // now = base + (wall - wall_base) * rate. Where the rate is 1 the difference says it all, so that
  // reading the clock takes no lock.
  std::atomic<int64_t> ahead_ms_ = 0;
  mutable std::mutex mutex_;  // guards what follows
  Time base_, wall_base_;
};

}  // namespace mainstay::cloud
