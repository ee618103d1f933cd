#include "services/sns/filter.hh"

#include <algorithm>
#include <functional>
#include <vector>

#include "base/json.hh"
#include "base/text.hh"
#include "services/sns/address.hh"
#include "services/sns/topic.hh"

namespace mainstay::sns {
namespace {

constexpr size_t keys_max = 5;
constexpr int64_t combinations_max = 150;
constexpr std::string_view text_operators[] = {"prefix", "suffix", "equals-ignore-case",
                                               "wildcard"};
constexpr std::string_view comparisons[] = {"=", "<", "<=", ">", ">="};

Error bad_filter(std::string_view why) {
  return invalid("FilterPolicy: " + std::string(why));
}

// Checking.

Status check_numeric(const Value& range) {
  if (!range.is_list() || range.empty() || range.size() % 2 != 0 || range.size() > 4)
    return bad_filter("Value of numeric must be an array of comparisons and numbers");
  for (size_t i = 0; i < range.size(); i += 2) {
    if (!is_one_of(comparisons, range.at(i).as_string()))
      return bad_filter("Unrecognized numeric range operator: " + range.at(i).to_text());
    if (!range.at(i + 1).is_number())
      return bad_filter("Value of " + range.at(i).as_string() + " must be numeric");
  }
  return {};
}

Status check_anything_but(const Value& but) {
  if (but.is_map()) {
    if (but.size() != 1 || !is_one_of(text_operators, but.members().nth(0).first))
      return bad_filter("Unsupported anything-but pattern");
    const Value& text = but.members().nth(0).second;
    return text.is_string() || text.is_list()
               ? Status()
               : bad_filter(but.members().nth(0).first + " match pattern must be a string");
  }
  if (but.is_string() || but.is_number()) return {};
  if (!but.is_list() || but.empty())
    return bad_filter(
        "Inside anything-but list, either all values are number or string, mixed "
        "type is not supported");
  return {};
}

Status check_cidr(const Value& text) {
  if (!text.is_string()) return bad_filter("prefix match pattern must be a string");
  auto error = explain_bad_cidr(text.as_string());
  return error.empty() ? Status() : bad_filter(error);
}

Status check_operator(const std::string& name, const Value& operand) {
  if (is_one_of(text_operators, name))
    return operand.is_string() ? Status() : bad_filter(name + " match pattern must be a string");
  if (name == "exists")
    return operand.is_bool() ? Status()
                             : bad_filter("exists match pattern must be either true or false.");
  if (name == "numeric") return check_numeric(operand);
  if (name == "anything-but") return check_anything_but(operand);
  if (name == "cidr") return check_cidr(operand);
  return bad_filter("Unrecognized match type " + name);
}

Status check_rules(const Value& rules) {
  if (rules.empty()) return bad_filter("Empty arrays are not allowed");
  for (const Value& rule : rules.items()) {
    if (rule.is_list())
      return bad_filter("Match value must be String, number, true, false, or null");
    if (!rule.is_map()) continue;
    if (rule.size() != 1) return bad_filter("Only one key allowed in match expression");
    CHECK_OK(check_operator(rule.members().nth(0).first, rule.members().nth(0).second));
  }
  return {};
}

// How many combinations of values a policy has: alternatives add up, keys multiply.
Result<int64_t> combinations(const Value& policy, int depth, bool in_body) {
  int64_t product = 1;
  for (const auto& [key, rules] : policy.members()) {
    int64_t here = 0;
    if (key == "$or" && rules.is_list() && rules.size() > 1) {
      for (const Value& branch : rules.items()) {
        TRY(int64_t one, combinations(branch, depth, in_body));
        here += one;
      }
    } else if (rules.is_list()) {
      CHECK_OK(check_rules(rules));
      here = static_cast<int64_t>(rules.size()) * depth;
    } else if (rules.is_map()) {
      if (!in_body)
        return invalid(
            "Filter policy scope MessageAttributes does not support nested filter policy");
      TRY(here, combinations(rules, depth + 1, in_body));
    } else {
      return bad_filter("\"" + key + "\" must be an object or an array");
    }
    product *= here;
    if (product > combinations_max) return bad_filter("Filter policy is too complex");
  }
  return product;
}

// Matching.

bool compares(double value, const std::string& comparison, double bound) {
  if (comparison == "=") return value == bound;
  if (comparison == "<") return value < bound;
  if (comparison == "<=") return value <= bound;
  if (comparison == ">") return value > bound;
  return value >= bound;
}

bool in_range(const Value& value, const Value& range) {
  if (!value.is_number()) return false;
  for (size_t i = 0; i + 1 < range.size(); i += 2)
    if (!compares(value.as_real(), range.at(i).as_string(), range.at(i + 1).as_real()))
      return false;
  return true;
}

bool equals(const Value& value, const Value& wanted) {
  if (value.is_number() && wanted.is_number()) return value.as_real() == wanted.as_real();
  return value == wanted;
}

bool matches_text(const std::string& name, const Value& value, const Value& wanted) {
  if (wanted.is_list())
    return std::any_of(wanted.items().begin(), wanted.items().end(),
                       [&](const Value& one) { return matches_text(name, value, one); });
  if (!value.is_string()) return false;
  const std::string &text = value.as_string(), &operand = wanted.as_string();
  if (name == "prefix") return text.starts_with(operand);
  if (name == "suffix") return text.ends_with(operand);
  if (name == "equals-ignore-case") return equals_ignoring_case(text, operand);
  // '?' is a plain character in SNS's wildcards.
  size_t at = 0;
  auto parts = split(operand, "*");
  for (size_t i = 0; i < parts.size(); ++i) {
    bool is_last = i + 1 == parts.size();
    size_t found = is_last && i > 0
                       ? (text.size() - at >= parts[i].size() && text.ends_with(parts[i])
                              ? text.size() - parts[i].size()
                              : std::string::npos)
                       : text.find(parts[i], at);
    if (found == std::string::npos || (i == 0 && found != 0)) return false;
    at = found + parts[i].size();
  }
  return at == text.size();
}

bool matches_rule(const Value& value, const Value& rule) {
  if (!rule.is_map()) return equals(value, rule);
  const auto& [name, operand] = rule.members().nth(0);
  if (name == "exists") return operand.as_bool();
  if (name == "numeric") return in_range(value, operand);
  if (name == "cidr")
    return value.is_string() && is_in_cidr(value.as_string(), operand.as_string());
  if (name != "anything-but") return matches_text(name, value, operand);
  if (operand.is_map())
    return value.is_string() &&
           !matches_text(operand.members().nth(0).first, value, operand.members().nth(0).second);
  if (operand.is_list())
    return std::none_of(operand.items().begin(), operand.items().end(),
                        [&](const Value& one) { return equals(value, one); });
  return !equals(value, operand);
}

bool wants_absent(const Value& rules) {
  return std::any_of(rules.items().begin(), rules.items().end(), [](const Value& rule) {
    const Value* exists = rule.find("exists");
    return exists && exists->is_bool() && !exists->as_bool();
  });
}

// The values under a key: those of a list one by one.
bool any_matches(const Value& value, const Value& rules) {
  if (value.is_list())
    return std::any_of(value.items().begin(), value.items().end(),
                       [&](const Value& one) { return any_matches(one, rules); });
  return std::any_of(rules.items().begin(), rules.items().end(),
                     [&](const Value& rule) { return matches_rule(value, rule); });
}

bool passes(const Value& policy, const Value& document);

// Of a list of objects (in a list, at any depth), one must pass whole.
bool passes_nested(const Value& policy, const Value* document) {
  if (document && document->is_list())
    return std::any_of(document->items().begin(), document->items().end(),
                       [&](const Value& one) { return passes_nested(policy, &one); });
  return passes(policy, document && document->is_map() ? *document : Value::map({}));
}

bool passes(const Value& policy, const Value& document) {
  for (const auto& [key, rules] : policy.members()) {
    const Value* value = document.find(key);
    bool is_or = key == "$or" && rules.size() > 1 && rules.at(0).is_map() && !value;
    bool good = is_or            ? std::any_of(rules.items().begin(), rules.items().end(),
                                               [&](const Value& branch) { return passes(branch, document); })
                : rules.is_map() ? passes_nested(rules, value)
                : value && !(value->is_list() && value->empty()) ? any_matches(*value, rules)
                                                                 : wants_absent(rules);
    if (!good) return false;
  }
  return true;
}

// An attribute as what it means: a number, texts of an array, a text. Binary ones have no value.
Value meaning_of(const Value& attribute) {
  const std::string &type = attribute["DataType"].as_string(),
                    &text = attribute["StringValue"].as_string();
  if (type.starts_with("Number")) {
    auto number = parse_real(text);
    return number ? Value(*number) : Value(text);
  }
  if (type != "String.Array") return type.starts_with("String") ? Value(text) : Value();
  auto items = parse_json(text);
  return items.has_value() && items->is_list() ? *items : Value(text);
}

}  // namespace

Result<Value> parse_filter(const std::string& text, bool in_body) {
  auto policy = parse_json(text);
  if (!policy.has_value() || !policy->is_map())
    return bad_filter("failed to parse JSON. " +
                      (policy.has_value() ? "Filter is not an object" : policy.error().message));
  if (!in_body && policy->size() > keys_max)
    return bad_filter("Filter policy can not have more than 5 keys");
  CHECK_OK(combinations(*policy, 1, in_body));
  std::function<size_t(const Value&)> leaves = [&](const Value& at) {
    size_t sum = 0;
    for (const auto& [key, rules] : at.members()) sum += rules.is_map() ? leaves(rules) : 1;
    return sum;
  };
  if (leaves(*policy) > keys_max) return bad_filter("Filter policy can not have more than 5 keys");
  return *policy;
}

bool passes_attributes(const Value& filter, const Value& attributes) {
  Value document = Value::map({});
  for (const auto& [name, attribute] : attributes.members())
    document.set(name, meaning_of(attribute));
  return passes(filter, document);
}

bool passes_body(const Value& filter, const std::string& message) {
  auto document = parse_json(message);
  return document.has_value() && document->is_map() && passes(filter, *document);
}

}  // namespace mainstay::sns
