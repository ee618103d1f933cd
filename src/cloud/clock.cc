#include "cloud/clock.hh"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace mainstay::cloud {
namespace {

constexpr int64_t very_long_ms = int64_t{365} * 24 * 3600 * 1000;
constexpr std::string_view scaled_prefix = "scaled:";

}  // namespace

Result<TimePlan> TimePlan::parse(std::string_view text) {
  if (text == "instant") return TimePlan{Mode::instant};
  if (text == "realistic") return TimePlan{Mode::realistic};
  if (text == "stepped") return TimePlan{Mode::stepped};
  if (text.starts_with(scaled_prefix)) {
    std::string_view number = text.substr(scaled_prefix.size());
    double scale = 0;
    auto [end, code] = std::from_chars(number.data(), number.data() + number.size(), scale);
    if (code == std::errc() && end == number.data() + number.size() && std::isfinite(scale) &&
        scale > 0 && scale <= scale_max)
      return TimePlan{Mode::scaled, scale};
  }
  return Error("TimePlanInvalid", "\"" + std::string(text) + "\" is not a way for time to pass")
      .with_hint("instant, realistic, stepped, or scaled:N with N up to 1000000, as in scaled:60");
}

std::string TimePlan::to_text() const {
  switch (mode) {
    case Mode::instant:
      return "instant";
    case Mode::realistic:
      return "realistic";
    case Mode::stepped:
      return "stepped";
    case Mode::scaled:
      break;
  }
  char text[32];
  auto [end, code] = std::to_chars(text, text + sizeof text, scale);
  return std::string(scaled_prefix) + std::string(text, end);
}

CloudClock::CloudClock(std::function<Time()> wall, TimePlan plan)
    : wall_(std::move(wall)), plan_(plan), base_(wall_()), wall_base_(base_) {}

double CloudClock::rate() const {
  switch (plan_.mode) {
    case TimePlan::Mode::scaled:
      return plan_.scale;
    case TimePlan::Mode::stepped:
      return 0;
    default:
      return 1;
  }
}

Time CloudClock::now() const {
  if (rate() == 1) return wall_() + ahead_ms_.load(std::memory_order_relaxed);
  std::lock_guard guard(mutex_);
  return base_ + static_cast<int64_t>(static_cast<double>(wall_() - wall_base_) * rate());
}

int64_t CloudClock::wall_ms_until(Time when) const {
  int64_t left_ms = when - now();
  if (left_ms <= 0) return 0;
  if (rate() == 0) return very_long_ms;
  double wall_ms = std::ceil(static_cast<double>(left_ms) / rate());
  return static_cast<int64_t>(std::min(wall_ms, static_cast<double>(very_long_ms)));
}

void CloudClock::move_to(Time when) {
  int64_t left_ms = when - now();
  if (left_ms <= 0) return;
  std::lock_guard guard(mutex_);
  ahead_ms_ += left_ms;
  base_ = when;
  wall_base_ = wall_();
}

Value CloudClock::document() const {
  return Value::map({{"Now", now()}, {"Wall", wall_()}, {"Plan", plan_.to_text()}});
}

// The wall's time that has passed since counts here as it would have had the process gone on. A
// clock that stood stands where it stood; one that was ahead of the wall stays ahead.
void CloudClock::resume(const Value& document) {
  if (!document.is_map()) return;
  Time then = document["Now"].as_time();
  int64_t passed_ms = std::max<int64_t>(wall_() - document["Wall"].as_time(), 0);
  Time resumed = then + static_cast<int64_t>(static_cast<double>(passed_ms) * rate());
  if (rate() == 0) {
    std::lock_guard guard(mutex_);
    base_ = then;
    wall_base_ = wall_();
  } else {
    move_to(resumed);
  }
}

}  // namespace mainstay::cloud
