// What filter patterns compare with: one operator and its operand, and expressions of such tests.
// Source: CloudWatch Logs user guide, "Filter pattern syntax for metric filters, subscription
// filters, filter log events, and Live Tail". Pure. Limits: expressions nest expression_depth_max
// deep.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"

namespace re2 {
class RE2;
}

namespace mainstay::logs {

inline constexpr int expression_depth_max = 32;

Error invalid_pattern();

// Compiles %...% of a pattern.
Result<std::shared_ptr<const re2::RE2>> compile_regex(const std::string& text);
bool matches_regex(const re2::RE2& regex, std::string_view text);

struct Comparison {
  enum class Kind : uint8_t {
    equal,
    differs,
    less,
    at_most,
    greater,
    at_least,
    is_null,
    is_true,
    is_false,
    is_absent
  };
  Kind kind = Kind::equal;
  std::string text;              // the operand, '*' any run of characters
  std::optional<double> number;  // where it reads as one and was not quoted
  std::shared_ptr<const re2::RE2> regex;

  // value: nullptr where there is none.
  bool holds(const Value* value) const;
};

// A tree of tests; what a test is about is told apart by its selector.
struct Expression {
  enum class Kind : uint8_t { test, all, any } kind = Kind::test;
  std::string selector;
  Comparison comparison;
  std::vector<Expression> parts;

  using Find = std::function<const Value*(const std::string& selector)>;
  bool holds(const Find& find) const;
  void add_selectors(std::vector<std::string>& to) const;
};

// Reads "SELECTOR OPERATOR OPERAND", joined by && and || and grouped by parentheses, to the end of
// the text. Error: invalid_pattern().
Result<Expression> parse_expression(std::string_view text);

}  // namespace mainstay::logs
