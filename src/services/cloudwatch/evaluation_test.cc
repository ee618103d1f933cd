// The tables of "Configuring how CloudWatch alarms treat missing data", and the words of reasons.
#include <doctest/doctest.h>

#include "services/cloudwatch/evaluation.hh"

using namespace mainstay;
using namespace mainstay::cloudwatch;

namespace {

constexpr int64_t minute = 60'000;
const Time begin = *parse_time("2026-11-29T18:00:00Z");

// "0 - X - X": within, missing, breaching.
std::vector<Sample> samples_of(std::string_view picture) {
  std::vector<Sample> out;
  for (char c : picture) {
    if (c == ' ') continue;
    Sample sample{begin + static_cast<int64_t>(out.size()) * minute, std::nullopt, 1};
    if (c != '-') sample.value = c == 'X' ? 10 : 0;
    out.push_back(sample);
  }
  return out;
}

std::string state_after(std::string_view picture, size_t m, size_t n, const char* missing,
                        const char* before) {
  Criteria criteria{"GreaterThanThreshold", 5, n, m, missing};
  auto verdict = evaluate(criteria, samples_of(picture), before);
  return verdict ? verdict->state : before;
}

struct Row {
  std::string_view picture;
  size_t to_alarm;
  std::string_view missing, ignore, breaching, not_breaching;  // "=": as before
};

// N is 3; the evaluation range has five datapoints.
const Row rows[] = {{"0 - X - X", 3, "OK", "OK", "OK", "OK"},
                    {"- - - - 0", 3, "OK", "OK", "OK", "OK"},
                    {"- - - - -", 3, "INSUFFICIENT_DATA", "=", "ALARM", "OK"},
                    {"0 X X - X", 3, "ALARM", "ALARM", "ALARM", "ALARM"},
                    {"- - X - -", 3, "ALARM", "=", "ALARM", "OK"},
                    {"0 - X - X", 2, "ALARM", "ALARM", "ALARM", "ALARM"},
                    {"0 0 X 0 X", 2, "ALARM", "ALARM", "ALARM", "ALARM"},
                    {"0 - X - -", 2, "OK", "OK", "ALARM", "OK"},
                    {"- - - - 0", 2, "OK", "OK", "ALARM", "OK"},
                    {"- - - X -", 2, "ALARM", "=", "ALARM", "OK"}};

std::string reason(std::string_view picture, size_t m, size_t n, const char* missing,
                   const char* before) {
  Criteria criteria{"GreaterThanThreshold", 5, n, m, missing};
  auto verdict = evaluate(criteria, samples_of(picture), before);
  return verdict ? verdict->reason : "";
}

}  // namespace

TEST_CASE("missing datapoints count as the documentation's tables say") {
  for (const Row& row : rows)
    for (const char* before : {"OK", "ALARM", "INSUFFICIENT_DATA"}) {
      CAPTURE(std::string(row.picture));
      CAPTURE(std::string(before));
      auto wanted = [&](std::string_view cell) {
        return cell == "=" ? std::string(before) : std::string(cell);
      };
      CHECK(state_after(row.picture, row.to_alarm, 3, "missing", before) == wanted(row.missing));
      CHECK(state_after(row.picture, row.to_alarm, 3, "ignore", before) == wanted(row.ignore));
      CHECK(state_after(row.picture, row.to_alarm, 3, "breaching", before) ==
            wanted(row.breaching));
      CHECK(state_after(row.picture, row.to_alarm, 3, "notBreaching", before) ==
            wanted(row.not_breaching));
    }
}

TEST_CASE("reasons in AWS's words") {
  CHECK(reason("- - X", 1, 1, "missing", "INSUFFICIENT_DATA") ==
        "Threshold Crossed: 1 datapoint [10.0 (29/11/26 18:02:00)] was greater than the threshold "
        "(5.0).");
  CHECK(reason("- 0 X", 1, 1, "missing", "OK") ==
        "Threshold Crossed: 1 out of the last 1 datapoints [10.0 (29/11/26 18:02:00)] was greater "
        "than the threshold (5.0) (minimum 1 datapoint for OK -> ALARM transition).");
  CHECK(reason("X X 0", 1, 1, "missing", "ALARM") ==
        "Threshold Crossed: 1 out of the last 1 datapoints [0.0 (29/11/26 18:02:00)] was not "
        "greater than the threshold (5.0) (minimum 1 datapoint for ALARM -> OK transition).");
  CHECK(reason("- - - -", 2, 2, "breaching", "INSUFFICIENT_DATA") ==
        "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints "
        "were treated as [Breaching].");
  CHECK(reason("- - -", 1, 1, "missing", "OK") == "Insufficient Data: 1 datapoint was unknown.");
  CHECK(reason("0 X X", 2, 3, "missing", "OK") ==
        "Threshold Crossed: 2 out of the last 3 datapoints [10.0 (29/11/26 18:02:00), 10.0 "
        "(29/11/26 18:01:00)] were greater than the threshold (5.0) (minimum 2 datapoints for OK "
        "-> ALARM transition).");
}

TEST_CASE("doubles as Java writes them") {
  CHECK(java_double(21) == "21.0");
  CHECK(java_double(0) == "0.0");
  CHECK(java_double(21.5) == "21.5");
  CHECK(java_double(-3) == "-3.0");
  CHECK(java_double(1.5e10) == "1.5E10");
  CHECK(java_double(2e-5) == "2.0E-5");
}
