// Whether an alarm's metric is where it should not be: M out of N datapoints, and what counts for
// those that are missing. Pure.
//
// Source: "Configuring how CloudWatch alarms treat missing data" of the user guide, with its two
// tables, which are the cases of evaluation_test.cc; words of reasons as recorded on AWS.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.hh"
#include "base/value.hh"

namespace mainstay::cloudwatch {

struct Sample {
  Time at;
  std::optional<double> value = {};
  double count = 0;  // of the values behind it
};

struct Criteria {
  std::string comparison;  // "GreaterThanThreshold"
  double threshold = 0;
  size_t periods = 1;               // N
  size_t to_alarm = 1;              // M
  std::string missing = "missing";  // TreatMissingData
};

struct Verdict {
  std::string state;              // "OK", "ALARM", "INSUFFICIENT_DATA"
  std::string reason;             // for the transition from the state before
  std::vector<Sample> evaluated;  // the newest first
};

// samples: the evaluation range, the oldest first. Nothing where the alarm stays as it is.
std::optional<Verdict> evaluate(const Criteria& criteria, const std::vector<Sample>& samples,
                                const std::string& state_before);

bool is_breaching(const Criteria& criteria, double value);
// As Java writes doubles: "21.0", "1.5E10".
std::string java_double(double value);

}  // namespace mainstay::cloudwatch
