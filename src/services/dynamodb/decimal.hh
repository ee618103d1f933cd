// DynamoDB's numbers: decimal, 38 significant digits, 1E-130 to 9.9E+125 (developer guide, "Data
// types"). Exact.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "base/error.hh"

namespace mainstay::dynamodb {

struct Decimal {
  bool negative = false;
  std::string digits;  // significant ones, with no zero at either end; "" is zero
  int exponent = 0;    // of ten at the first digit: 15 has 1, 0.5 has -1

  Decimal negated() const;
};

// Errors: ValidationException with DynamoDB's words for what is no number, too long, too large or
// too small.
Result<Decimal> parse_decimal(std::string_view text);
// As DynamoDB answers it: no exponent, no superfluous zeros.
std::string to_text(const Decimal& d);
std::strong_ordering compare(const Decimal& a, const Decimal& b);
Result<Decimal> add(const Decimal& a, const Decimal& b);

// Text of digits and lower-case letters that sorts as the numbers do, and goes on to sort right
// when '.' follows.
std::string ordered_text(const Decimal& d);

}  // namespace mainstay::dynamodb
