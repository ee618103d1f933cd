// Patterns and what they match: cases as data, in cases.json of this folder.
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "base/json.hh"
#include "patterns/pattern.hh"

using namespace mainstay;
using namespace mainstay::patterns;

namespace {

Value read_cases() {
  std::ifstream file(MAINSTAY_SOURCE "/src/patterns/cases/patterns.json");
  std::stringstream text;
  text << file.rdbuf();
  auto cases = parse_json(text.str());
  REQUIRE(cases.has_value());
  return *cases;
}

}  // namespace

TEST_CASE("patterns match what AWS's documentation says") {
  Value cases = read_cases();
  REQUIRE(cases["match"].size() > 30);
  for (const Value& one : cases["match"].items()) {
    std::string text = to_json(one["pattern"]);
    auto pattern = Pattern::parse(text);
    REQUIRE_MESSAGE(pattern.has_value(), text);
    for (const Value& event : one["yes"].items())
      CHECK_MESSAGE(pattern->matches(event), text << " should match " << to_json(event));
    for (const Value& event : one["no"].items())
      CHECK_MESSAGE(!pattern->matches(event), text << " should not match " << to_json(event));
  }
}

TEST_CASE("patterns are refused in AWS's words") {
  Value cases = read_cases();
  REQUIRE(cases["refused"].size() > 15);
  for (const Value& one : cases["refused"].items()) {
    std::string text = to_json(one["pattern"]);
    auto pattern = Pattern::parse(text);
    REQUIRE_MESSAGE(!pattern.has_value(), text);
    CHECK(pattern.error().message == one["reason"].as_string());
  }
  CHECK(Pattern::parse("this is no JSON").error().code == "PatternInvalid");
  CHECK(Pattern::parse("[]").error().message == "Filter is not an object");
}
