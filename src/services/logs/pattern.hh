// Filter patterns: which messages are meant, and what is read out of them. Three forms: terms
// (ERROR "out of memory" -DEBUG ?WARN %re%), space-delimited fields ([ip, user, ..., status = 4*])
// and JSON ({ $.a = 1 && $.b IS NULL }). Source: as condition.hh. Pure; a Pattern may be read by
// many threads.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "services/logs/condition.hh"

namespace mainstay::logs {

struct Term {
  std::string text;
  std::shared_ptr<const re2::RE2> regex;  // in place of the text

  bool in(std::string_view message) const;
};

// All of `all`, none of `none`; one of `any`, which counts only where there are no others.
struct Terms {
  std::vector<Term> all, none, any;
};

struct Field {
  std::string name;  // "" unnamed
  std::optional<Expression> test;
};

// Fields parted by spaces; `rest_at` says where "..." stands for any number of them.
struct Fields {
  std::vector<Field> fields;
  std::optional<size_t> rest_at;
};

class Pattern {
 public:
  // Error: InvalidParameterException "Invalid filter pattern".
  static Result<Pattern> parse(std::string_view text);

  bool matches(const std::string& message) const;
  // What the pattern names in a message that it matches, as TestMetricFilter shows it: a map of
  // texts by "$.a" or "$field".
  Value extracted(const std::string& message) const;
  // The value of "$.a.b" or "$field" in a message, nothing where there is none.
  std::optional<std::string> value_of(const std::string& message, std::string_view selector) const;

 private:
  std::variant<Terms, Fields, Expression> form_;
};

// The value at a selector "$.a.b[0]"; nullptr where there is none.
const Value* find_selected(const Value& document, std::string_view selector);

}  // namespace mainstay::logs
