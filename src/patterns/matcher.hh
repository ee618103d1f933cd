// One condition of a pattern on one value: {"prefix": "a"}, {"numeric": [">", 5]}, "exactly this".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/value.hh"
#include "patterns/cidr.hh"

namespace mainstay::patterns {

struct Range {
  std::optional<double> least, most;
  bool above = false, below = false;  // the ends themselves are outside
};

struct Matcher {
  enum class Kind {
    exact,
    prefix,
    suffix,
    prefix_ignoring_case,
    suffix_ignoring_case,
    ignoring_case,
    wildcard,
    numeric,
    cidr,
    exists,
    absent
  };
  Kind kind = Kind::exact;
  // anything-but: a value that none of the operands fits.
  bool negated = false;
  std::vector<Value> operands;  // of texts, or of values for `exact`
  Range range;
  std::optional<Network> network;

  // A scalar of an event; never called for exists and absent.
  bool fits(const Value& value) const;

 private:
  bool fits_operand(const Value& operand, const Value& value) const;
};

}  // namespace mainstay::patterns
