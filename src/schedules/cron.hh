// AWS's cron expressions: minutes, hours, day of month, month, day of week, year.
//
// Source: "Cron expressions reference" of the EventBridge user guide and "Schedule types" of
// EventBridge Scheduler's. Days of the week count from 1 for Sunday; one of the two day fields is
// '?'. Value type. Times are local to whatever zone the caller thinks in, in whole minutes.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.hh"

namespace mainstay::schedules {

class Cron {
 public:
  // fields: what stands between the parentheses. Error: "CronInvalid".
  static Result<Cron> parse(std::string_view fields);

  // Minutes since 1970-01-01T00:00 local time: the first match after `minute`, if there is any
  // until the end of 2199.
  std::optional<int64_t> next(int64_t minute) const;

 private:
  struct Weekday {
    unsigned day;  // 1 for Sunday
    unsigned nth;  // of the month, 0 for the last
  };
  static constexpr unsigned year_min = 1970, year_max = 2199;

  Status parse_days(std::string_view of_month, std::string_view of_week);
  bool has_day(int year, unsigned month, unsigned day, unsigned last, unsigned weekday) const;

  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<8> weekdays_;
  std::bitset<year_max - year_min + 1> years_;
  bool last_day_ = false, last_weekday_ = false;  // "L", "LW"
  std::vector<unsigned> nearest_to_;              // "15W"
  std::vector<Weekday> nth_;                      // "6#3", "6L"
};

}  // namespace mainstay::schedules
