// From JSON to compiled patterns. The reasons of refusal are those that AWS answers with, as
// recorded; its library is Event Ruler, whose documentation ("README", "Patterns") tells the rest.
#include <algorithm>
#include <array>

#include "base/text.hh"
#include "patterns/pattern.hh"

namespace mainstay::patterns {
namespace {

using Kind = Matcher::Kind;

constexpr double number_max = 5.0e9;

Error invalid(std::string reason) {
  return Error("PatternInvalid", std::move(reason));
}

struct TextOperator {
  std::string_view name;
  Kind kind, ignoring_case;
};
constexpr std::array<TextOperator, 4> text_operators{
    TextOperator{"prefix", Kind::prefix, Kind::prefix_ignoring_case},
    TextOperator{"suffix", Kind::suffix, Kind::suffix_ignoring_case},
    TextOperator{"equals-ignore-case", Kind::ignoring_case, Kind::exact},
    TextOperator{"wildcard", Kind::wildcard, Kind::exact}};

const TextOperator* text_operator(std::string_view name) {
  for (const TextOperator& row : text_operators)
    if (row.name == name) return &row;
  return nullptr;
}

Status check_wildcard(const std::string& text) {
  size_t stars = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      if (text[i + 1] != '*' && text[i + 1] != '\\')
        return invalid("Invalid escape character at pos " + std::to_string(i));
      ++i;
      continue;
    }
    if (text[i] != '*') continue;
    if (i + 1 < text.size() && text[i + 1] == '*')
      return invalid("Consecutive wildcard characters at pos " + std::to_string(i + 1));
    ++stars;
  }
  if (stars > Pattern::wildcards_max)
    return invalid(
        "Rule is too complex - try using fewer wildcard characters or fewer repeating character "
        "sequences after a wildcard character");
  return {};
}

Result<Matcher> read_text(const TextOperator& row, const Value& operand) {
  Matcher out;
  out.kind = row.kind;
  const Value* text = &operand;
  if (operand.is_map() && operand.size() == 1 && operand.has("equals-ignore-case") &&
      row.ignoring_case != Kind::exact) {
    out.kind = row.ignoring_case;
    text = operand.find("equals-ignore-case");
  }
  if (!text->is_string()) return invalid(std::string(row.name) + " match pattern must be a string");
  if (row.kind == Kind::wildcard) CHECK_OK(check_wildcard(text->as_string()));
  out.operands.push_back(*text);
  return out;
}

// {"anything-but": {"prefix": "a"}}, or a list of texts.
Result<Matcher> read_anything_but_text(const Value& inner) {
  const auto& [name, operand] = inner.members().nth(0);
  const TextOperator* row = text_operator(name);
  bool usable = row && inner.size() == 1 && !operand.is_map();
  if (!usable)
    return invalid("Value of anything-but must be an array or single string/number value.");
  Matcher out;
  out.kind = row->kind;
  out.negated = true;
  List operands = operand.is_list() ? operand.items() : List{operand};
  if (operands.empty()) return invalid("Empty arrays are not allowed");
  for (const Value& text : operands) {
    if (!text.is_string()) {
      bool is_end = row->kind == Kind::prefix || row->kind == Kind::suffix;
      return invalid((is_end ? "prefix/suffix" : std::string(name)) +
                     " match pattern must be a string");
    }
    if (row->kind == Kind::wildcard) CHECK_OK(check_wildcard(text.as_string()));
    out.operands.push_back(text);
  }
  return out;
}

Result<Matcher> read_anything_but(const Value& operand) {
  if (operand.is_map() && !operand.empty()) return read_anything_but_text(operand);
  Matcher out;
  out.negated = true;
  out.operands = operand.is_list() ? operand.items() : List{operand};
  bool all_texts = std::all_of(out.operands.begin(), out.operands.end(),
                               [](const Value& v) { return v.is_string(); });
  bool all_numbers = std::all_of(out.operands.begin(), out.operands.end(),
                                 [](const Value& v) { return v.is_number(); });
  if (out.operands.empty()) return invalid("Empty arrays are not allowed");
  if (!all_texts && !all_numbers) {
    if (operand.is_list())
      return invalid(
          "Inside anything but list, either all values are number or string, mixed type is not "
          "supported");
    return invalid("Value of anything-but must be an array or single string/number value.");
  }
  return out;
}

Status add_bound(Range& range, const std::string& comparison, double number) {
  bool is_lower = comparison.starts_with(">"), is_upper = comparison.starts_with("<");
  if (comparison == "=") {
    range.least = range.most = number;
    return {};
  }
  bool known = is_lower || is_upper;
  bool with_end = comparison.size() == 2 && comparison[1] == '=';
  if (!known || (comparison.size() != 1 && !with_end))
    return invalid("Unrecognized numeric range operator: " + printable(comparison));
  if ((is_lower && range.least) || (is_upper && range.most))
    return invalid("Bad numeric range operator: " + comparison);
  (is_lower ? range.least : range.most) = number;
  (is_lower ? range.above : range.below) = !with_end;
  return {};
}

Result<Matcher> read_numeric(const Value& operand) {
  if (!operand.is_list()) return invalid("Value of numeric must be an array.");
  const List& items = operand.items();
  Matcher out;
  out.kind = Kind::numeric;
  if (items.empty() || items.size() % 2 != 0 || items.size() > 4)
    return invalid("Invalid member in numeric match: " + std::to_string(items.size()));
  for (size_t i = 0; i < items.size(); i += 2) {
    const std::string& comparison = items[i].as_string();
    if (!items[i].is_string())
      return invalid("Invalid member in numeric match: " + items[i].to_text());
    if (!items[i + 1].is_number()) return invalid("Value of " + comparison + " must be numeric.");
    double number = items[i + 1].as_real();
    if (number < -number_max || number > number_max)
      return invalid("Value must be between -5.0E9 and 5.0E9, inclusive");
    if (comparison == "=" && items.size() > 2) return invalid("Too many terms in numeric range");
    CHECK_OK(add_bound(out.range, comparison, number));
  }
  if (out.range.least && out.range.most && *out.range.least > *out.range.most)
    return invalid("Bottom must be less than top");
  return out;
}

Result<Matcher> read_operator(const std::string& name, const Value& operand) {
  if (const TextOperator* row = text_operator(name)) return read_text(*row, operand);
  if (name == "anything-but") return read_anything_but(operand);
  if (name == "numeric") return read_numeric(operand);
  Matcher out;
  if (name == "exists") {
    if (!operand.is_bool()) return invalid("exists match pattern must be either true or false.");
    out.kind = operand.as_bool() ? Kind::exists : Kind::absent;
    return out;
  }
  if (name == "cidr") {
    if (!operand.is_string()) return invalid("cidr match pattern must be a string");
    TRY(out.network, Network::parse(operand.as_string()));
    out.kind = Kind::cidr;
    return out;
  }
  return invalid("Unrecognized match type " + printable(name));
}

Result<Matcher> read_matcher(const Value& item) {
  if (item.is_map()) {
    if (item.size() != 1) return invalid("Only one key allowed in match expression");
    const auto& [name, operand] = item.members().nth(0);
    return read_operator(name, operand);
  }
  if (item.is_list()) return invalid("Match value must be String, number, true, false, or null");
  Matcher out;
  out.operands.push_back(item);
  return out;
}

Result<std::vector<Node>> read_alternatives(const Value& ways, int depth) {
  std::vector<Node> out;
  for (const Value& way : ways.items()) {
    TRY(Node node, read_node(way, depth + 1));
    out.push_back(std::move(node));
  }
  return out;
}

// "$or" is a field of that name, too, where it is no list of two objects or more.
bool is_alternatives(const std::string& name, const Value& value) {
  const List& items = value.items();
  return name == "$or" && items.size() >= 2 &&
         std::all_of(items.begin(), items.end(), [](const Value& v) {
           return v.is_map() && !(v.size() == 1 && text_operator(v.members().nth(0).first));
         });
}

Result<Node::Field> read_field(const std::string& name, const Value& value, int depth) {
  Node::Field field;
  field.name = name;
  if (value.is_map()) {
    TRY(Node below, read_node(value, depth + 1));
    field.below = std::make_unique<Node>(std::move(below));
    return field;
  }
  if (!value.is_list()) return invalid("\"" + printable(name) + "\" must be an object or an array");
  if (value.empty()) return invalid("Empty arrays are not allowed");
  for (const Value& item : value.items()) {
    TRY(Matcher matcher, read_matcher(item));
    field.matchers.push_back(std::move(matcher));
  }
  return field;
}

}  // namespace

Result<Node> read_node(const Value& object, int depth) {
  if (depth > Pattern::depth_max) return invalid("Pattern is nested too deep");
  if (object.empty()) return invalid("Empty objects are not allowed");
  Node node;
  for (const auto& [name, value] : object.members()) {
    if (is_alternatives(name, value)) {
      TRY(std::vector<Node> ways, read_alternatives(value, depth));
      node.alternatives.push_back(std::move(ways));
      continue;
    }
    TRY(Node::Field field, read_field(name, value, depth));
    node.fields.push_back(std::move(field));
  }
  return node;
}

}  // namespace mainstay::patterns
