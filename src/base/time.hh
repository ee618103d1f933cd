// Points in time as milliseconds since the Unix epoch, UTC. Pure: nothing here reads a clock.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mainstay {

struct Time {
  int64_t ms = 0;  // since 1970-01-01T00:00:00Z
  auto operator<=>(const Time&) const = default;
};

inline Time operator+(Time t, int64_t ms) {
  return {t.ms + ms};
}
inline int64_t operator-(Time a, Time b) {
  return a.ms - b.ms;
}

// "2026-11-23T13:00:00Z"; with_ms adds ".123" (always three digits).
std::string format_iso8601(Time t, bool with_ms = false);
// "2026-11-23T13:00:00.123Z" with the fraction only where it is not zero.
std::string format_iso8601_short(Time t);
// "Mon, 23 Nov 2026 13:00:00 GMT" (RFC 7231).
std::string format_http_date(Time t);
// The same for the headers of answers: within a second a thread is given the text that it has.
std::string http_date_header(Time now);
// "20261123T130000Z", as SigV4 writes it.
std::string format_basic(Time t);
// Epoch seconds, with up to three decimals where needed: "1700000000" or "1700000000.5".
std::string format_epoch(Time t);

// Reads every form above, ISO 8601 with offsets and fractions, dates alone; nothing else.
std::optional<Time> parse_time(std::string_view text);

}  // namespace mainstay
