#include "databases/retention.hh"

#include <algorithm>
#include <chrono>
#include <set>

namespace mainstay::databases {
namespace {

constexpr int64_t day_ms = int64_t{24} * 3600 * 1000;

int64_t day_of(Time time) {
  return time.ms >= 0 ? time.ms / day_ms : -((day_ms - 1 - time.ms) / day_ms);
}

// Day 0 is a Thursday; its week began on day -3.
int64_t week_of(Time time) {
  return (day_of(time) + 3 + 7'000'000) / 7;
}

int64_t month_of(Time time) {
  std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day_of(time)}}};
  return int64_t{static_cast<int>(date.year())} * 12 + static_cast<unsigned>(date.month());
}

// One of the newest `max` of different periods.
class Periods {
 public:
  Periods(int64_t max, int64_t (*period)(Time), const char* word)
      : max_(max), period_(period), word_(word) {}
  std::string keeps(Time taken) {
    if (static_cast<int64_t>(seen_.size()) >= max_ || !seen_.insert(period_(taken)).second)
      return "";
    return std::string("the newest of its ") + word_;
  }

 private:
  int64_t max_;
  int64_t (*period_)(Time);
  const char* word_;
  std::set<int64_t> seen_;
};

std::string rules(const Retention& retention) {
  std::string out;
  const auto add = [&](int64_t number, const std::string& text) {
    if (number > 0) out += (out.empty() ? "" : ", ") + text;
  };
  add(retention.count, "the newest " + std::to_string(retention.count));
  add(retention.days, "those of " + std::to_string(retention.days) + " days");
  add(retention.daily, std::to_string(retention.daily) + " daily");
  add(retention.weekly, std::to_string(retention.weekly) + " weekly");
  add(retention.monthly, std::to_string(retention.monthly) + " monthly");
  return out;
}

}  // namespace

std::vector<Judgement> judge(std::vector<Snapshot> copies, const Retention& retention, Time now) {
  std::ranges::sort(copies, [](const Snapshot& a, const Snapshot& b) {
    Time left = a.taken.value_or(Time{}), right = b.taken.value_or(Time{});
    return left == right ? a.id < b.id : left > right;
  });
  Periods daily(retention.daily, day_of, "day"), weekly(retention.weekly, week_of, "week"),
      monthly(retention.monthly, month_of, "month");
  std::vector<Judgement> out, failed;
  int64_t place = 0;
  for (Snapshot& copy : copies) {
    if (copy.status == "failed")
      failed.push_back({copy, !retention.deletes(), "its copying failed"});
    if (!copy.is_available()) continue;
    Time taken = *copy.taken;
    std::string reasons[] = {
        place == 0 ? "the newest good copy" : "",
        place < retention.count ? "one of the newest " + std::to_string(retention.count) : "",
        retention.days > 0 && now - taken < retention.days * day_ms
            ? "not " + std::to_string(retention.days) + " days old"
            : "",
        daily.keeps(taken),
        weekly.keeps(taken),
        monthly.keeps(taken)};
    ++place;
    auto kept = std::ranges::find_if(reasons, [](const std::string& r) { return !r.empty(); });
    if (kept != std::end(reasons))
      out.push_back({std::move(copy), true, *kept});
    else if (!retention.deletes())
      out.push_back({std::move(copy), true, "nothing is to be deleted"});
    else
      out.push_back({std::move(copy), false, "beyond what is kept: " + rules(retention)});
  }
  if (out.empty()) return out;  // a failed copy is at least a trace where there is nothing better
  std::ranges::move(failed, std::back_inserter(out));
  return out;
}

}  // namespace mainstay::databases
