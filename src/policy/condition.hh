// One condition of a statement, made ready to be asked many times.
//
// How operators, missing keys, several values and set operators combine: "Conditions with multiple
// context keys or values", "Set operators for multivalued context keys" and "Condition operators"
// of the IAM user guide.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/document.hh"
#include "policy/operand.hh"
#include "policy/pattern.hh"
#include "policy/request.hh"

namespace mainstay::policy {

bool reads_wildcards(Operator op);  // compares text with '*' and '?' as wildcards
bool ignores_case(Operator op);

class Test {
 public:
  Test(const Condition& condition, bool variables);

  bool holds(const Context& context) const;
  const std::string& key() const { return key_; }  // lower case

 private:
  struct Value {
    Pattern pattern;
    ArnGlob arn;
    double number = 0;
    Time date;
    Network network;
    bool boolean = false;
  };
  bool matches_value(const Value& value, std::string_view text, const Context& context) const;
  bool matches_glob(const Glob& glob, std::string_view text) const;
  bool matches_typed(const Value& value, std::string_view text) const;
  bool accepts(std::string_view text, const Context& context) const;
  void read(Value& value, std::string_view text) const;

  std::string key_;
  Operator op_;
  Operand operand_;
  Quantifier quantifier_;
  bool if_exists_;
  bool negated_;
  std::vector<Value> values_;
};

}  // namespace mainstay::policy
