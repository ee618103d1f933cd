// The rules of composite alarms: ALARM("a") AND NOT (OK(b) OR INSUFFICIENT_DATA(c)), TRUE, FALSE.
// Source: PutCompositeAlarm, "AlarmRule". Parsed once, then immutable. Limits: elements_max,
// depth_max.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"

namespace mainstay::cloudwatch {

class CompositeRule {
 public:
  static constexpr size_t elements_max = 500, alarms_max = 100;
  static constexpr int depth_max = 64;

  // Error "RuleInvalid".
  static Result<CompositeRule> parse(std::string_view text);

  // The alarms it speaks of, by name or ARN as they stand in it.
  const std::vector<std::string>& alarms() const { return alarms_; }
  // state_of: an alarm's state, "" where there is none of that name.
  bool holds(const std::function<std::string(const std::string& alarm)>& state_of) const;

 private:
  struct Node;
  class Parser;
  std::shared_ptr<const Node> root_;
  std::vector<std::string> alarms_;
};

}  // namespace mainstay::cloudwatch
