// Schedule expressions: rate(5 minutes), cron(0 8 ? * MON-FRI *), at(2026-11-29T08:00:00).
// Value type. Source: "Schedule types" of EventBridge Scheduler's user guide.
#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "base/error.hh"
#include "base/time.hh"
#include "schedules/cron.hh"
#include "schedules/zone.hh"

namespace mainstay::schedules {

// What a service takes.
struct Forms {
  bool at = false;           // one time
  bool loose_units = false;  // "rate(1 minutes)" too
};

class Expression {
 public:
  // Error: "ScheduleInvalid".
  static Result<Expression> parse(std::string_view text, Forms forms);

  bool is_one_time() const { return std::holds_alternative<At>(form_); }
  bool is_rate() const { return std::holds_alternative<Rate>(form_); }
  // The first time after `after`; nothing where there is none any more. A rate counts from `start`,
  // which is its first time. What clocks in the zone skip is skipped, and what they show twice
  // counts once ("Daylight savings time on EventBridge Scheduler").
  std::optional<Time> next(Time after, Time start, const Zone& zone = Zone::utc()) const;

 private:
  struct Rate {
    int64_t period_ms;
  };
  struct At {
    int64_t local_minute, seconds;
  };
  std::variant<Rate, At, Cron> form_;
};

}  // namespace mainstay::schedules
