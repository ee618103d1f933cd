#include "base/time.hh"

#include <array>
#include <cstdio>

#include "base/text.hh"

namespace mainstay {
namespace {

struct Civil {
  int64_t year = 1970;
  int month = 1, day = 1, hour = 0, minute = 0, second = 0, ms = 0;
};

constexpr int64_t day_ms = 86'400'000;

// Days since the epoch of a proleptic Gregorian date (Howard Hinnant, "chrono-compatible low-level
// date algorithms").
int64_t days_from_civil(int64_t y, int m, int d) {
  y -= m <= 2;
  int64_t era = (y >= 0 ? y : y - 399) / 400;
  int64_t yoe = y - era * 400;
  int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
  return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

int64_t floor_div(int64_t a, int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

Civil civil_of(Time t) {
  int64_t days = floor_div(t.ms, day_ms);
  int64_t rest = t.ms - days * day_ms;
  int64_t z = days + 719468;
  int64_t era = floor_div(z, 146097);
  int64_t doe = z - era * 146097;
  int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  int64_t mp = (5 * doy + 2) / 153;
  Civil c;
  c.day = static_cast<int>(doy - (153 * mp + 2) / 5 + 1);
  c.month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
  c.year = yoe + era * 400 + (c.month <= 2);
  c.hour = static_cast<int>(rest / 3'600'000);
  c.minute = static_cast<int>(rest / 60'000 % 60);
  c.second = static_cast<int>(rest / 1000 % 60);
  c.ms = static_cast<int>(rest % 1000);
  return c;
}

template <class... A>
std::string print(const char* format, A... args) {
  char buffer[96];
  int n = std::snprintf(buffer, sizeof buffer, format, args...);
  return std::string(buffer, static_cast<size_t>(n));
}

constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array weekdays = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};

// Reads digits and literals off the front of a text.
struct Scanner {
  std::string_view rest;
  bool number(int digits, int& out) {
    if (rest.size() < static_cast<size_t>(digits)) return false;
    out = 0;
    for (int i = 0; i < digits; ++i) {
      if (rest[static_cast<size_t>(i)] < '0' || rest[static_cast<size_t>(i)] > '9') return false;
      out = out * 10 + (rest[static_cast<size_t>(i)] - '0');
    }
    rest.remove_prefix(static_cast<size_t>(digits));
    return true;
  }
  bool literal(std::string_view text) {
    if (!rest.starts_with(text)) return false;
    rest.remove_prefix(text.size());
    return true;
  }
};

std::optional<Time> to_time(const Civil& c, int offset_minutes = 0) {
  if (c.month < 1 || c.month > 12 || c.day < 1 || c.day > 31 || c.hour > 24 || c.minute > 59 ||
      c.second > 60)
    return std::nullopt;
  int64_t days = days_from_civil(c.year, c.month, c.day);
  return Time{days * day_ms + c.hour * 3'600'000LL + (c.minute - offset_minutes) * 60'000LL +
              c.second * 1000LL + c.ms};
}

bool read_fraction(Scanner& s, int& ms) {
  if (!s.literal(".")) return true;
  int scale = 100;
  size_t digits = 0;
  while (!s.rest.empty() && s.rest[0] >= '0' && s.rest[0] <= '9') {
    ms += (s.rest[0] - '0') * scale;
    scale /= 10;
    s.rest.remove_prefix(1);
    ++digits;
  }
  return digits > 0;
}

bool read_offset(Scanner& s, int& minutes) {
  if (s.rest.empty() || s.literal("Z") || s.literal("z")) return true;
  int sign = s.literal("+") ? 1 : s.literal("-") ? -1 : 0;
  int h = 0, m = 0;
  if (sign == 0 || !s.number(2, h)) return false;
  s.literal(":");
  if (!s.number(2, m)) return false;
  minutes = sign * (h * 60 + m);
  return true;
}

// 2026-11-23[T13:00[:00[.123]][Z|+01:00]] and 20261123[T130000Z].
std::optional<Time> parse_iso(std::string_view text) {
  Scanner s{text};
  Civil c;
  int year = 0, offset = 0;
  if (!s.number(4, year)) return std::nullopt;
  c.year = year;
  bool dashes = s.literal("-");
  if (!s.number(2, c.month) || (dashes && !s.literal("-")) || !s.number(2, c.day))
    return std::nullopt;
  if (s.rest.empty()) return to_time(c);
  if (!s.literal("T") && !s.literal("t") && !s.literal(" ")) return std::nullopt;
  if (!s.number(2, c.hour)) return std::nullopt;
  s.literal(":");
  if (!s.number(2, c.minute)) return std::nullopt;
  bool colon = s.literal(":");
  if ((colon || (!s.rest.empty() && s.rest[0] >= '0' && s.rest[0] <= '9')) &&
      !s.number(2, c.second))
    return std::nullopt;
  if (!read_fraction(s, c.ms) || !read_offset(s, offset) || !s.rest.empty()) return std::nullopt;
  return to_time(c, offset);
}

// Mon, 23 Nov 2026 13:00:00[.123] GMT
std::optional<Time> parse_http(std::string_view text) {
  size_t comma = text.find(", ");
  if (comma == std::string_view::npos) return std::nullopt;
  Scanner s{text.substr(comma + 2)};
  Civil c;
  int year = 0;
  if (!s.number(2, c.day) || !s.literal(" ")) return std::nullopt;
  for (c.month = 1; c.month <= 12; ++c.month)
    if (s.literal(months[static_cast<size_t>(c.month - 1)])) break;
  if (c.month > 12 || !s.literal(" ") || !s.number(4, year) || !s.literal(" ") ||
      !s.number(2, c.hour) || !s.literal(":") || !s.number(2, c.minute) || !s.literal(":") ||
      !s.number(2, c.second) || !read_fraction(s, c.ms) || s.rest != " GMT")
    return std::nullopt;
  c.year = year;
  return to_time(c);
}

}  // namespace

std::string format_iso8601(Time t, bool with_ms) {
  Civil c = civil_of(t);
  std::string out = print("%04d-%02d-%02dT%02d:%02d:%02d", static_cast<int>(c.year), c.month, c.day,
                          c.hour, c.minute, c.second);
  if (with_ms) out += print(".%03d", c.ms);
  return out + "Z";
}

std::string format_iso8601_short(Time t) {
  return format_iso8601(t, t.ms % 1000 != 0);
}

std::string format_http_date(Time t) {
  Civil c = civil_of(t);
  int64_t weekday = ((floor_div(t.ms, day_ms) % 7) + 7) % 7;
  return print("%s, %02d %s %04d %02d:%02d:%02d GMT", weekdays[static_cast<size_t>(weekday)], c.day,
               months[static_cast<size_t>(c.month - 1)], static_cast<int>(c.year), c.hour, c.minute,
               c.second);
}

std::string http_date_header(Time now) {
  thread_local int64_t second = 0;
  thread_local std::string text;
  constexpr int64_t second_ms = 1000;
  if (text.empty() || floor_div(now.ms, second_ms) != second) {
    second = floor_div(now.ms, second_ms);
    text = format_http_date(now);
  }
  return text;
}

std::string format_basic(Time t) {
  Civil c = civil_of(t);
  return print("%04d%02d%02dT%02d%02d%02dZ", static_cast<int>(c.year), c.month, c.day, c.hour,
               c.minute, c.second);
}

std::string format_epoch(Time t) {
  int64_t seconds = floor_div(t.ms, 1000);
  int ms = static_cast<int>(t.ms - seconds * 1000);
  if (ms == 0) return std::to_string(seconds);
  if (seconds < 0) return print("%.3f", static_cast<double>(t.ms) / 1000);
  std::string out = std::to_string(seconds) + print(".%03d", ms);
  while (out.back() == '0') out.pop_back();
  return out;
}

std::optional<Time> parse_time(std::string_view text) {
  if (text.empty() || text.size() > 64) return std::nullopt;
  if (auto t = parse_iso(text); t && text.size() >= 8) return t;
  if (auto t = parse_http(text)) return t;
  auto seconds = parse_real(text);
  if (!seconds || !(*seconds > -1e13 && *seconds < 1e13)) return std::nullopt;
  double scaled = *seconds * 1000;
  return Time{static_cast<int64_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5)};
}

}  // namespace mainstay
