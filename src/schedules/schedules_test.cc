// Expressions of schedules: what is taken, and when they are due.
#include <doctest/doctest.h>

#include "base/random.hh"
#include "schedules/expression.hh"

using namespace mainstay;
using namespace mainstay::schedules;

namespace {

std::vector<std::string> times(const char* text, const char* from, size_t count,
                               const char* zone = "UTC", const char* start = "2026-01-01") {
  auto expression = Expression::parse(text, {.at = true, .loose_units = false});
  REQUIRE_MESSAGE(expression.has_value(), text);
  auto found = Zone::find(zone);
  REQUIRE(found.has_value());
  std::vector<std::string> out;
  Time at = *parse_time(from);
  while (out.size() < count) {
    auto next = expression->next(at, *parse_time(start), *found);
    if (!next) break;
    CHECK(*next > at);
    at = *next;
    out.push_back(format_iso8601(at));
  }
  return out;
}

using Times = std::vector<std::string>;

}  // namespace

// Valid and invalid ones as recorded on AWS (tests_put_rule_with_*, test_create_schedule_with_*).
TEST_CASE("what is an expression") {
  for (const char* good :
       {"cron(* * ? * SAT#3 *)", "cron(0 10 * * ? *)", "cron(0/30 20-23 ? * MON-FRI *)",
        "cron(0/5 5 ? JAN 1-5 2022)", "cron(5,35 14 * * ? *)", "cron(*/15 * * * ? *)",
        "cron(1-31/30 1-1 ? * 1,7 *)", "cron(0-59/10 0-23/2 ? * * *)", "cron(0 0 L * ? *)",
        "cron(0 0 3W * ? *)", "cron(0 0 ? * 6L *)", "rate(1 minute)", "rate(10 days)"})
    CHECK_MESSAGE(Expression::parse(good, {}).has_value(), good);
  for (const char* bad : {"cron(0 dummy ? * MON-FRI *)",
                          "cron(7 20 * * NOT *)",
                          "cron(71 8 1 * ? *)",
                          "cron(INVALID)",
                          "cron()",
                          "cron(0 1 * * * *)",
                          "cron(0 1 ? * ? *)",
                          "cron(0 24 * * ? *)",
                          "cron(0 1 0 * ? *)",
                          "cron(0 1 5-3 * ? *)",
                          "cron(0/0 1 * * ? *)",
                          " rate(10 minutes)",
                          "rate( 10 minutes )",
                          "rate(10)",
                          "rate(-10 minutes)",
                          "rate(0 minutes)",
                          "rate(1 minutes)",
                          "rate(10 minute)",
                          "rate(10 seconds)",
                          "rate(10 MINUTES)",
                          "at(2026-01-01T00:00:00)",
                          "",
                          "rate(5 minutes",
                          "cron(0 0 ? * 6#6 *)"})
    CHECK_MESSAGE(!Expression::parse(bad, {}).has_value(), bad);
  CHECK(Expression::parse("rate(1 minutes)", {.loose_units = true}).has_value());
  CHECK_FALSE(Expression::parse("at(2021-12-31)", {.at = true}).has_value());
}

TEST_CASE("when cron is due") {
  CHECK(times("cron(0 8 ? * MON-FRI *)", "2026-11-27T08:00:00Z", 2) ==
        Times{"2026-11-30T08:00:00Z", "2026-12-01T08:00:00Z"});
  CHECK(times("cron(0/20 23 31 12 ? 2026)", "2026-11-27T08:00:00Z", 9) ==
        Times{"2026-12-31T23:00:00Z", "2026-12-31T23:20:00Z", "2026-12-31T23:40:00Z"});
  CHECK(times("cron(0 0 29 2 ? *)", "2026-01-01", 2) ==
        Times{"2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"});
  CHECK(times("cron(0 0 ? * 6#3 *)", "2026-11-01", 2) ==
        Times{"2026-11-20T00:00:00Z", "2026-12-18T00:00:00Z"});
  CHECK(times("cron(0 0 ? * 1L *)", "2026-11-01", 1) == Times{"2026-11-29T00:00:00Z"});
  CHECK(times("cron(0 0 L * ? *)", "2026-02-01", 2) ==
        Times{"2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z"});
  CHECK(times("cron(0 0 1W * ? *)", "2026-07-31", 2) ==  // August the first is a Saturday
        Times{"2026-08-03T00:00:00Z", "2026-09-01T00:00:00Z"});
  CHECK(times("cron(30 12 30 2 ? *)", "2026-01-01", 1).empty());
}

TEST_CASE("when a rate is due") {
  CHECK(times("rate(5 minutes)", "2026-01-01T00:07:00Z", 2) ==
        Times{"2026-01-01T00:10:00Z", "2026-01-01T00:15:00Z"});
  CHECK(times("rate(1 hour)", "2025-12-31T00:07:00Z", 2) ==
        Times{"2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z"});
}

// "Daylight savings time on EventBridge Scheduler": skipped in spring, once in autumn.
TEST_CASE("time zones") {
  CHECK(times("cron(30 2 * * ? *)", "2026-03-07T12:00:00Z", 2, "America/New_York") ==
        Times{"2026-03-09T06:30:00Z", "2026-03-10T06:30:00Z"});
  CHECK(times("cron(30 1 * * ? *)", "2026-10-31T12:00:00Z", 2, "America/New_York") ==
        Times{"2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"});
  CHECK(times("cron(0/30 1 * * ? *)", "2026-11-01T05:30:00Z", 1, "America/New_York") ==
        Times{"2026-11-02T06:00:00Z"});
  CHECK(times("at(2026-07-01T08:00:05)", "2026-01-01", 2, "Europe/Berlin") ==
        Times{"2026-07-01T06:00:05Z"});
  CHECK(Zone::find("Mars/Olympus").error().code == "TimeZoneUnknown");
}

TEST_CASE("random expressions match the minutes they name") {
  Random random(7);
  for (int i = 0; i < 300; ++i) {
    auto minute = random.below(60), hour = random.below(24), day = 1 + random.below(28);
    std::string text = "cron(" + std::to_string(minute) + " " + std::to_string(hour) + " " +
                       std::to_string(day) + " * ? *)";
    auto found = times(text.c_str(), "2026-05-05T05:05:00Z", 12);
    REQUIRE(found.size() == 12);
    for (const std::string& time : found) {
      CHECK(std::stoul(time.substr(8, 2)) == day);
      CHECK(std::stoul(time.substr(11, 2)) == hour);
      CHECK(std::stoul(time.substr(14, 2)) == minute);
    }
  }
}
