#include "services/lambda/filter.hh"

#include "base/json.hh"
#include "patterns/pattern.hh"

namespace mainstay::lambda {
namespace {

constexpr size_t filters_max = 10;  // by request; five without

}  // namespace

Status check_filters(const Value& criteria) {
  if (criteria["Filters"].size() > filters_max)
    return invalid_parameter("The number of filters exceeds the limit.");
  for (const Value& filter : criteria["Filters"].items())
    if (!patterns::Pattern::parse(filter["Pattern"].as_string()).has_value())
      return invalid_parameter("Invalid filter pattern definition.");
  return {};
}

// "Using event filtering with an Amazon SQS event source": a body that is JSON is matched as such,
// by patterns for JSON alone; one that is plain text by patterns for text alone.
bool passes_filters(const Value& criteria, const Value& record) {
  const List& filters = criteria["Filters"].items();
  if (filters.empty()) return true;
  Value event = record;
  auto body = parse_json(record["body"].as_string());
  bool is_json = body.has_value() && body->is_map();
  if (is_json) event.set("body", *body);
  for (const Value& filter : filters) {
    const std::string& text = filter["Pattern"].as_string();
    bool wants_json = parse_json(text).value_or(Value())["body"].is_map();
    if (wants_json && !is_json) continue;
    auto pattern = patterns::Pattern::parse(text);
    if (pattern.has_value() && pattern->matches(event)) return true;
  }
  return false;
}

}  // namespace mainstay::lambda
