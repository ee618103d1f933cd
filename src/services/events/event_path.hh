// The paths by which targets name parts of an event: $.detail.list[0].name, $.detail['a-b'], [*].
// Source: "Amazon EventBridge input transformation", the part on paths. Limit: steps_max.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::events {

class EventPath {
 public:
  static constexpr size_t steps_max = 64;
  // Error "PathInvalid".
  static Result<EventPath> parse(std::string_view text);
  // Nothing where the event has no such part. A path with [*] gives a list.
  std::optional<Value> find_in(const Value& event) const;

 private:
  struct All {};
  using Step = std::variant<std::string, size_t, All>;
  std::vector<Step> steps_;
};

}  // namespace mainstay::events
