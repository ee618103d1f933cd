#include "schedules/cron.hh"

#include <date/date.h>

#include <algorithm>

#include "base/text.hh"

namespace mainstay::schedules {
namespace {

constexpr std::array<std::string_view, 12> month_names{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                       "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> weekday_names{"SUN", "MON", "TUE", "WED",
                                                        "THU", "FRI", "SAT"};
constexpr int64_t day_minutes = 24 * 60;
constexpr unsigned week_days = 7, nth_max = 5;

Error invalid_field(std::string_view what) {
  return Error("CronInvalid", "no cron field is written " + printable(what));
}

struct Field {
  unsigned least, most;
  const std::string_view* names = nullptr;  // of least and those after it
  size_t names_count = 0;

  std::optional<unsigned> read(std::string_view text) const {
    for (size_t i = 0; i < names_count; ++i)
      if (equals_ignoring_case(names[i], text)) return least + static_cast<unsigned>(i);
    if (text.empty() || text.size() > 4 ||
        text.find_first_not_of("0123456789") != std::string_view::npos)
      return std::nullopt;
    auto number = parse_int(text);
    if (!number || *number < least || *number > most) return std::nullopt;
    return static_cast<unsigned>(*number);
  }
};

constexpr Field minutes_field{0, 59}, hours_field{0, 23}, days_field{1, 31},
    years_field{1970, 2199};
constexpr Field months_field{1, 12, month_names.data(), month_names.size()};
constexpr Field weekdays_field{1, 7, weekday_names.data(), weekday_names.size()};

// "*", "7", "1-5", "0/15", "1-31/2": sets the bits that it means, counted from `base`.
template <class Bits>
Status add_item(const Field& field, std::string_view item, unsigned base, Bits& bits) {
  std::string_view range = item;
  unsigned step = 1;
  size_t slash = item.find('/');
  if (slash != std::string_view::npos) {
    range = item.substr(0, slash);
    auto read = Field{1, field.most}.read(item.substr(slash + 1));
    if (!read) return invalid_field(item);
    step = *read;
  }
  unsigned from = field.least, to = field.most;
  if (range != "*") {
    size_t dash = range.find('-');
    auto first = field.read(range.substr(0, dash));
    if (!first) return invalid_field(item);
    from = *first;
    if (dash != std::string_view::npos) {
      auto last = field.read(range.substr(dash + 1));
      if (!last || *last < from) return invalid_field(item);
      to = *last;
    } else if (slash == std::string_view::npos) {
      to = from;
    }
  }
  for (unsigned value = from; value <= to; value += step) bits.set(value - base);
  return {};
}

template <class Bits>
Status add_items(const Field& field, std::string_view text, Bits& bits, unsigned base = 0) {
  for (const std::string& item : split(text, ",")) CHECK_OK(add_item(field, item, base, bits));
  return {};
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  for (const std::string& word : split(text, " "))
    if (!word.empty()) out.push_back(word);
  return out;
}

unsigned last_day_of(int year, unsigned month) {
  auto last = date::year{year} / date::month{month} / date::last;
  return static_cast<unsigned>(last.day());
}

// 1 for Sunday.
unsigned weekday_of(int year, unsigned month, unsigned day) {
  date::sys_days days{date::year{year} / date::month{month} / date::day{day}};
  return date::weekday{days}.c_encoding() + 1;
}

// The weekday (Monday to Friday) nearest to a day, within its month.
unsigned nearest_weekday(unsigned day, unsigned last, unsigned weekday_of_day) {
  constexpr unsigned sunday = 1, saturday = 7;
  if (weekday_of_day == saturday) return day > 1 ? day - 1 : day + 2;
  if (weekday_of_day == sunday) return day < last ? day + 1 : day - 2;
  return day;
}

}  // namespace

Status Cron::parse_days(std::string_view of_month, std::string_view of_week) {
  if ((of_month == "?") == (of_week == "?")) return invalid_field(of_week);
  if (of_month != "?")
    for (const std::string& item : split(of_month, ",")) {
      if (item == "L") {
        last_day_ = true;
      } else if (item == "LW") {
        last_weekday_ = true;
      } else if (item.ends_with("W")) {
        auto day = days_field.read(item.substr(0, item.size() - 1));
        if (!day) return invalid_field(item);
        nearest_to_.push_back(*day);
      } else {
        CHECK_OK(add_item(days_field, item, 0, days_));
      }
    }
  if (of_week == "?") return {};
  for (const std::string& item : split(of_week, ",")) {
    size_t hash = item.find('#');
    if (item == "L") {
      weekdays_.set(week_days);
    } else if (hash != std::string::npos) {
      auto day = weekdays_field.read(item.substr(0, hash));
      auto nth = Field{1, nth_max}.read(item.substr(hash + 1));
      if (!day || !nth) return invalid_field(item);
      nth_.push_back({*day, *nth});
    } else if (item.size() > 1 && item.ends_with("L") && !weekdays_field.read(item)) {
      auto day = weekdays_field.read(item.substr(0, item.size() - 1));
      if (!day) return invalid_field(item);
      nth_.push_back({*day, 0});
    } else {
      CHECK_OK(add_item(weekdays_field, item, 0, weekdays_));
    }
  }
  return {};
}

Result<Cron> Cron::parse(std::string_view fields) {
  std::vector<std::string> words = words_of(fields);
  if (words.size() != 6) return Error("CronInvalid", "a cron expression has six fields");
  Cron cron;
  CHECK_OK(add_items(minutes_field, words[0], cron.minutes_));
  CHECK_OK(add_items(hours_field, words[1], cron.hours_));
  CHECK_OK(add_items(months_field, words[3], cron.months_));
  CHECK_OK(add_items(years_field, words[5], cron.years_, year_min));
  CHECK_OK(cron.parse_days(words[2], words[4]));
  return cron;
}

bool Cron::has_day(int year, unsigned month, unsigned day, unsigned last, unsigned weekday) const {
  if (days_.test(day) || weekdays_.test(weekday) || (last_day_ && day == last)) return true;
  auto nearest = [&](unsigned to) {
    return nearest_weekday(to, last, weekday_of(year, month, to)) == day;
  };
  if (last_weekday_ && nearest(last)) return true;
  if (std::any_of(nearest_to_.begin(), nearest_to_.end(),
                  [&](unsigned to) { return to <= last && nearest(to); }))
    return true;
  return std::any_of(nth_.begin(), nth_.end(), [&](const Weekday& w) {
    if (w.day != weekday) return false;
    return w.nth == 0 ? day + week_days > last : (day - 1) / week_days + 1 == w.nth;
  });
}

std::optional<int64_t> Cron::next(int64_t minute) const {
  int64_t from = minute + 1;
  int64_t day = from >= 0 ? from / day_minutes : 0;
  int64_t of_day = from >= 0 ? from % day_minutes : 0;
  for (;; ++day, of_day = 0) {
    date::year_month_day ymd{date::sys_days{date::days{day}}};
    int year = static_cast<int>(ymd.year());
    if (year > static_cast<int>(year_max)) return std::nullopt;
    auto month = static_cast<unsigned>(ymd.month());
    auto date_day = static_cast<unsigned>(ymd.day());
    unsigned last = last_day_of(year, month);
    bool month_fits = years_.test(static_cast<unsigned>(year) - year_min) && months_.test(month);
    if (!month_fits) {
      day += last - date_day;
      continue;
    }
    if (!has_day(year, month, date_day, last, weekday_of(year, month, date_day))) continue;
    for (int64_t at = of_day; at < day_minutes; ++at) {
      if (!hours_.test(static_cast<size_t>(at / 60))) {
        at += 59 - at % 60;
        continue;
      }
      if (minutes_.test(static_cast<size_t>(at % 60))) return day * day_minutes + at;
    }
  }
}

}  // namespace mainstay::schedules
