// Numbers are exact, keep their limits, and sort as texts as they do as numbers.
#include "services/dynamodb/decimal.hh"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/random.hh"

namespace mainstay::dynamodb {
namespace {

Decimal number(std::string_view text) {
  auto out = parse_decimal(text);
  REQUIRE_MESSAGE(out.has_value(), text);
  return *out;
}

std::string sum(std::string_view a, std::string_view b) {
  auto out = add(number(a), number(b));
  return out.has_value() ? to_text(*out) : out.error().message;
}

TEST_CASE("numbers are read and written in their shortest form") {
  CHECK(to_text(number("0")) == "0");
  CHECK(to_text(number("-0.000")) == "0");
  CHECK(to_text(number("00120.500")) == "120.5");
  CHECK(to_text(number("-1.5E-3")) == "-0.0015");
  CHECK(to_text(number("1e2")) == "100");
  for (const char* bad :
       {"", "+", ".", "1.2.3", "0x1", "1e", "1e1.5", "--1", " 1", "NaN", "1e999999"})
    CHECK_MESSAGE(!parse_decimal(bad).has_value(), bad);
}

TEST_CASE("limits") {
  CHECK(parse_decimal("9.9999999999999999999999999999999999999E+125").has_value());
  CHECK_FALSE(parse_decimal("1E+126").has_value());
  CHECK(parse_decimal("1E-130").has_value());
  CHECK_FALSE(parse_decimal("1E-131").has_value());
  CHECK_FALSE(parse_decimal(std::string(39, '1')).has_value());
  CHECK_FALSE(parse_decimal(std::string(2000, '1')).has_value());
  CHECK(parse_decimal("1" + std::string(100, '0')).has_value());
}

TEST_CASE("sums are exact") {
  CHECK(sum("0.1", "0.2") == "0.3");
  CHECK(sum("1", "-1") == "0");
  CHECK(sum("-5", "3") == "-2");
  CHECK(sum("99999999999999999999", "1") == "100000000000000000000");
  CHECK(sum("1", "-0.001") == "0.999");
  CHECK(sum("1E+100", "1").starts_with("Attempting to store more than 38 significant digits"));
}

// From a seed: small and large, of both signs, with many digits in common.
std::vector<Decimal> random_numbers() {
  Random random(11);
  std::vector<Decimal> out{number("0")};
  while (out.size() < 300) {
    std::string text = random.below(2) ? "-" : "";
    for (uint64_t digits = 1 + random.below(4); digits > 0; --digits)
      text += static_cast<char>('0' + random.below(3));
    text += "e" + std::to_string(static_cast<int64_t>(random.below(12)) - 6);
    out.push_back(number(text));
  }
  return out;
}

TEST_CASE("texts sort as the numbers do") {
  std::vector<Decimal> numbers = random_numbers();
  for (const Decimal& a : numbers)
    for (const Decimal& b : numbers) {
      auto by_text = ordered_text(a) + "." <=> ordered_text(b) + ".";
      CHECK_MESSAGE(compare(a, b) == by_text, to_text(a) << " and " << to_text(b));
    }
}

TEST_CASE("a sum less one of its parts is the other") {
  std::vector<Decimal> numbers = random_numbers();
  for (size_t i = 1; i < numbers.size(); ++i) {
    auto total = add(numbers[i - 1], numbers[i]);
    REQUIRE(total.has_value());
    auto back = add(*total, numbers[i].negated());
    REQUIRE(back.has_value());
    CHECK(compare(*back, numbers[i - 1]) == 0);
  }
}

}  // namespace
}  // namespace mainstay::dynamodb
