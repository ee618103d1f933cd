#include "policy/condition.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay::policy {
namespace {

template <class T>
bool compares(Operator op, const T& request, const T& value) {
  switch (op) {
    case Operator::numeric_less_than:
    case Operator::date_less_than:
      return request < value;
    case Operator::numeric_less_than_equals:
    case Operator::date_less_than_equals:
      return request <= value;
    case Operator::numeric_greater_than:
    case Operator::date_greater_than:
      return request > value;
    case Operator::numeric_greater_than_equals:
    case Operator::date_greater_than_equals:
      return request >= value;
    default:
      return request == value;
  }
}

}  // namespace

bool reads_wildcards(Operator op) {
  return op == Operator::string_like || op == Operator::string_not_like ||
         operand_of(op) == Operand::arn;
}

bool ignores_case(Operator op) {
  return op == Operator::string_equals_ignore_case || op == Operator::string_not_equals_ignore_case;
}

Test::Test(const Condition& condition, bool variables)
    : key_(to_lower(condition.key)),
      op_(condition.op),
      operand_(operand_of(condition.op)),
      quantifier_(condition.quantifier),
      if_exists_(condition.if_exists),
      negated_(is_negated(condition.op)) {
  auto wildcards = reads_wildcards(op_) ? Pattern::Wildcards::yes : Pattern::Wildcards::no;
  for (const std::string& text : condition.values) {
    Value value;
    value.pattern = Pattern(text, wildcards, variables ? 0 : std::string::npos);
    if (ignores_case(op_)) value.pattern.fold_case();
    if (!value.pattern.has_variables()) read(value, text);
    values_.push_back(std::move(value));
  }
}

// Readable text was checked where the document was parsed; what a variable brings may be anything,
// and then leaves a value that nothing equals (see matches_value).
void Test::read(Value& value, std::string_view text) const {
  if (operand_ == Operand::number) value.number = parse_number(text).value_or(0);
  if (operand_ == Operand::date) value.date = parse_date(text).value_or(Time{});
  if (operand_ == Operand::boolean || operand_ == Operand::presence)
    value.boolean = parse_boolean(text).value_or(false);
  if (operand_ == Operand::network) value.network = Network::parse(text).value_or(Network{});
  if (operand_ == Operand::arn) value.arn = ArnGlob(value.pattern.fixed());
}

bool Test::matches_glob(const Glob& glob, std::string_view text) const {
  return ignores_case(op_) ? glob.matches(to_lower(text)) : glob.matches(text);
}

// The positive form of the operator, for one value of the request and one of the policy.
bool Test::matches_value(const Value& value, std::string_view text, const Context& context) const {
  bool textual = operand_ == Operand::text || operand_ == Operand::binary;
  if (!value.pattern.has_variables())
    return textual ? matches_glob(value.pattern.fixed(), text) : matches_typed(value, text);
  auto resolved = value.pattern.resolve(context);
  if (!resolved) return false;
  if (textual) return matches_glob(*resolved, text);
  if (operand_ == Operand::arn) return ArnGlob(*resolved).matches(text);
  std::string operand = resolved->is_literal() ? resolved->pieces()[0].text : "";
  if (operand_fault(op_, operand)) return false;
  Value read_value;
  read(read_value, operand);
  return matches_typed(read_value, text);
}

bool Test::matches_typed(const Value& value, std::string_view text) const {
  switch (operand_) {
    case Operand::number: {
      auto number = parse_number(text);
      return number && compares(op_, *number, value.number);
    }
    case Operand::date: {
      auto date = parse_date(text);
      return date && compares(op_, *date, value.date);
    }
    case Operand::boolean: {
      auto boolean = parse_boolean(text);
      return boolean && *boolean == value.boolean;
    }
    case Operand::network: {
      auto address = Network::parse(text);
      return address && value.network.contains(*address);
    }
    case Operand::arn:
      return value.arn.matches(text);
    default:
      return false;
  }
}

// One value of the request against all of the policy's: any of them, or for negated operators none.
bool Test::accepts(std::string_view text, const Context& context) const {
  bool any = std::any_of(values_.begin(), values_.end(),
                         [&](const Value& value) { return matches_value(value, text, context); });
  return any != negated_;
}

bool Test::holds(const Context& context) const {
  const Context::Entry* entry = context.find_lower(key_);
  bool missing = !entry || entry->values.empty();
  if (operand_ == Operand::presence)
    return std::any_of(values_.begin(), values_.end(),
                       [&](const Value& value) { return value.boolean == missing; });
  if (missing) {
    if (if_exists_ || quantifier_ == Quantifier::for_all_values) return true;
    return quantifier_ == Quantifier::none && negated_;
  }
  auto fits = [&](const std::string& text) { return accepts(text, context); };
  const auto& texts = entry->values;
  if (quantifier_ == Quantifier::for_all_values)
    return std::all_of(texts.begin(), texts.end(), fits);
  if (quantifier_ == Quantifier::for_any_value)
    return std::any_of(texts.begin(), texts.end(), fits);
  // A list without a set operator: how AWS reads it is not defined, so it grants nothing.
  return !entry->multivalued && texts.size() == 1 && fits(texts[0]);
}

}  // namespace mainstay::policy
