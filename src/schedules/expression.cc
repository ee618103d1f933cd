#include "schedules/expression.hh"

#include <array>

#include "base/text.hh"

namespace mainstay::schedules {
namespace {

constexpr int64_t minute_ms = 60'000;

struct Unit {
  std::string_view one, many;
  int64_t ms;
};
constexpr std::array<Unit, 3> units{Unit{"minute", "minutes", minute_ms},
                                    Unit{"hour", "hours", 60 * minute_ms},
                                    Unit{"day", "days", 24 * 60 * minute_ms}};

Error invalid_expression(std::string_view text) {
  return Error("ScheduleInvalid", "no schedule expression is written " + printable(text));
}

std::optional<int64_t> read_rate(std::string_view text, bool loose_units) {
  constexpr int64_t value_max = 99'999'999;
  auto words = split(text, " ");
  if (words.size() != 2) return std::nullopt;
  bool digits = !words[0].empty() && words[0].find_first_not_of("0123456789") == std::string::npos;
  auto value = digits ? parse_int(words[0]) : std::nullopt;
  if (!value || *value < 1 || *value > value_max) return std::nullopt;
  for (const Unit& unit : units) {
    bool fits = words[1] == (*value == 1 ? unit.one : unit.many);
    if (fits || (loose_units && (words[1] == unit.one || words[1] == unit.many)))
      return *value * unit.ms;
  }
  return std::nullopt;
}

// "2026-11-29T08:00:00", without a zone: as seconds since 1970-01-01T00:00 of local time.
std::optional<int64_t> read_local_time(std::string_view text) {
  constexpr std::string_view form = "dddd-dd-ddTdd:dd:dd";
  if (text.size() != form.size()) return std::nullopt;
  for (size_t i = 0; i < form.size(); ++i) {
    bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (form[i] == 'd' ? !is_digit : text[i] != form[i]) return std::nullopt;
  }
  auto time = parse_time(std::string(text) + "Z");
  if (!time) return std::nullopt;
  return time->ms / 1000;
}

}  // namespace

Result<Expression> Expression::parse(std::string_view text, Forms forms) {
  size_t open = text.find('(');
  if (open == std::string_view::npos || !text.ends_with(")")) return invalid_expression(text);
  std::string_view name = text.substr(0, open);
  std::string_view inner = text.substr(open + 1, text.size() - open - 2);
  Expression out;
  if (name == "rate") {
    auto period_ms = read_rate(inner, forms.loose_units);
    if (!period_ms) return invalid_expression(text);
    out.form_ = Rate{*period_ms};
    return out;
  }
  if (name == "cron") {
    TRY(Cron cron, Cron::parse(inner));
    out.form_ = std::move(cron);
    return out;
  }
  auto seconds = name == "at" && forms.at ? read_local_time(inner) : std::nullopt;
  if (!seconds) return invalid_expression(text);
  out.form_ = At{*seconds / 60, *seconds % 60};
  return out;
}

std::optional<Time> Expression::next(Time after, Time start, const Zone& zone) const {
  if (const Rate* rate = std::get_if<Rate>(&form_)) {
    if (after < start) return start;
    return start + ((after - start) / rate->period_ms + 1) * rate->period_ms;
  }
  if (const At* at = std::get_if<At>(&form_)) {
    std::optional<Time> when = zone.when(at->local_minute);
    // A time that clocks skip is the one at which they go on.
    for (int64_t skipped = 0; !when && skipped < 24 * 60; ++skipped)
      when = zone.when(at->local_minute + skipped);
    if (!when || *when + at->seconds * 1000 <= after) return std::nullopt;
    return *when + at->seconds * 1000;
  }
  const Cron& cron = std::get<Cron>(form_);
  // Behind an hour that is shown twice the first of the two has passed: go on from there.
  for (std::optional<int64_t> minute = cron.next(zone.local_minute(after)); minute;
       minute = cron.next(*minute)) {
    std::optional<Time> when = zone.when(*minute);
    if (when && *when > after) return when;
  }
  return std::nullopt;
}

}  // namespace mainstay::schedules
