// Conditions: read, and decided for an item (developer guide, "Condition and filter expressions").
#include <algorithm>

#include "base/text.hh"
#include "services/dynamodb/parser.hh"

namespace mainstay::dynamodb {
namespace {

constexpr int nesting_max = 64;
constexpr size_t in_operands_max = 100;

struct FunctionRow {
  std::string_view name;
  size_t operands;
};
constexpr FunctionRow functions[] = {{"attribute_exists", 1},
                                     {"attribute_not_exists", 1},
                                     {"attribute_type", 2},
                                     {"begins_with", 2},
                                     {"contains", 2}};

Result<Condition> read_any(Parser& p, int level);

Error wrong_type(const Parser& p, const std::string& word, const Value& value) {
  return invalid(p.what(),
                 "Incorrect operand type for operator or function; operator or function: " + word +
                     ", operand type: " + type_of(value));
}

bool is_value_of(const Operand& operand, std::initializer_list<std::string_view> types) {
  return operand.kind != Operand::Kind::value ||
         std::find(types.begin(), types.end(), type_of(operand.value)) != types.end();
}

Status check_operands(const Parser& p, const Condition& c) {
  bool ordered = c.kind == Condition::Kind::between ||
                 (c.kind == Condition::Kind::comparison && c.word != "=" && c.word != "<>");
  for (const Operand& operand : c.operands)
    if (ordered && !is_value_of(operand, {"S", "N", "B"}))
      return wrong_type(p, c.word, operand.value);
  if (c.kind != Condition::Kind::function) return {};
  if (c.word != "contains" && c.operands[0].kind != Operand::Kind::path)
    return invalid(
        p.what(), "Operator or function requires a document path; operator or function: " + c.word);
  if (c.word == "begins_with" && !is_value_of(c.operands[1], {"S", "B"}))
    return wrong_type(p, c.word, c.operands[1].value);
  if (c.word == "attribute_type" && !is_value_of(c.operands[1], {"S"}))
    return wrong_type(p, c.word, c.operands[1].value);
  return {};
}

Result<Condition> read_function(Parser& p) {
  Condition out{Condition::Kind::function, p.peek().text, {}, {}};
  const auto* row = std::find_if(std::begin(functions), std::end(functions),
                                 [&](const FunctionRow& f) { return f.name == out.word; });
  if (row == std::end(functions))
    return invalid(p.what(), "Invalid function name; function: " + out.word);
  p.take();
  CHECK_OK(p.expect_symbol("("));
  do {
    TRY(Operand operand, p.operand());
    out.operands.push_back(std::move(operand));
  } while (p.take_symbol(","));
  CHECK_OK(p.expect_symbol(")"));
  if (out.operands.size() != row->operands)
    return invalid(p.what(),
                   "Incorrect number of operands for operator or function; operator or function: " +
                       out.word + ", number of operands: " + std::to_string(out.operands.size()));
  CHECK_OK(check_operands(p, out));
  return out;
}

std::string shown(const Operand& operand) {
  return "AttributeValue: {" + type_of(operand.value) + ":" + content_of(operand.value).as_bytes() +
         "}";
}

Result<Condition> read_between(Parser& p, Operand left) {
  Condition out{Condition::Kind::between, "BETWEEN", {std::move(left)}, {}};
  TRY(Operand low, p.operand());
  if (!p.take_keyword("AND")) return p.unexpected();
  TRY(Operand high, p.operand());
  out.operands.push_back(std::move(low));
  out.operands.push_back(std::move(high));
  CHECK_OK(check_operands(p, out));
  const Operand &from = out.operands[1], &to = out.operands[2];
  if (from.kind == Operand::Kind::value && to.kind == Operand::Kind::value &&
      order(from.value, to.value) == std::strong_ordering::greater)
    return invalid(p.what(),
                   "The BETWEEN operator requires upper bound to be greater than or equal to lower "
                   "bound; lower bound operand: " +
                       shown(from) + ", upper bound operand: " + shown(to));
  return out;
}

Result<Condition> read_in(Parser& p, Operand left) {
  Condition out{Condition::Kind::in, "IN", {std::move(left)}, {}};
  CHECK_OK(p.expect_symbol("("));
  do {
    TRY(Operand operand, p.operand());
    out.operands.push_back(std::move(operand));
  } while (p.take_symbol(","));
  CHECK_OK(p.expect_symbol(")"));
  if (out.operands.size() > in_operands_max + 1)
    return invalid(p.what(), "The expression has more than 100 operands of IN");
  return out;
}

Result<Condition> read_comparison(Parser& p) {
  TRY(Operand left, p.operand());
  if (p.take_keyword("BETWEEN")) return read_between(p, std::move(left));
  if (p.take_keyword("IN")) return read_in(p, std::move(left));
  constexpr std::string_view comparators[] = {"=", "<>", "<", "<=", ">", ">="};
  if (std::none_of(std::begin(comparators), std::end(comparators),
                   [&](std::string_view c) { return p.at_symbol(c); }))
    return p.unexpected();
  Condition out{Condition::Kind::comparison, p.take().text, {std::move(left)}, {}};
  TRY(Operand right, p.operand());
  out.operands.push_back(std::move(right));
  CHECK_OK(check_operands(p, out));
  return out;
}

// Behind an opening parenthesis: whether another pair encloses all up to the closing one.
bool is_enclosed(const Parser& p) {
  auto is = [&](size_t at, const char* symbol) {
    return p.peek(at).kind == Token::Kind::symbol && p.peek(at).text == symbol;
  };
  size_t depth = 0;
  for (size_t at = 0; p.peek(at).kind != Token::Kind::end; ++at) {
    if (is(at, "(")) ++depth;
    if (depth == 0) return false;
    if (is(at, ")") && --depth == 0) return is(at + 1, ")");
  }
  return false;
}

Result<Condition> read_one(Parser& p, int level) {
  if (level > nesting_max)
    return invalid(p.what(), "The expression is nested more than 64 levels deep");
  if (p.take_keyword("NOT")) {
    TRY(Condition negated, read_one(p, level + 1));
    return Condition{Condition::Kind::negation, "NOT", {}, {std::move(negated)}};
  }
  if (p.take_symbol("(")) {
    if (is_enclosed(p)) return invalid(p.what(), "The expression has redundant parentheses");
    TRY(Condition inner, read_any(p, level + 1));
    CHECK_OK(p.expect_symbol(")"));
    return inner;
  }
  if (p.at_function() && p.peek().text != "size") return read_function(p);
  return read_comparison(p);
}

// Parts joined by one word, or the part alone where there is only one.
Result<Condition> read_joined(Parser& p, int level, Condition::Kind kind, const char* word,
                              Result<Condition> (*read_part)(Parser&, int)) {
  Condition out{kind, word, {}, {}};
  do {
    TRY(Condition part, read_part(p, level));
    out.parts.push_back(std::move(part));
  } while (p.take_keyword(word));
  if (out.parts.size() > 1) return out;
  Condition only = std::move(out.parts[0]);
  return only;
}

Result<Condition> read_all(Parser& p, int level) {
  return read_joined(p, level, Condition::Kind::all, "AND", read_one);
}

Result<Condition> read_any(Parser& p, int level) {
  return read_joined(p, level, Condition::Kind::any, "OR", read_all);
}

// The length of a text in characters, of bytes, or how many elements there are; null for others.
Value length_of(const Value& attribute) {
  const std::string& type = type_of(attribute);
  const Value& content = content_of(attribute);
  size_t length = 0;
  if (type == "S")
    length = utf8_length(content.as_string());
  else if (type == "B")
    length = content.as_bytes().size();
  else if (is_set_type(type) || type == "L" || type == "M")
    length = content.size();
  else
    return Value();
  return Value::map({{"N", std::to_string(length)}});
}

// Null where the item has nothing there.
Value value_of(const Operand& operand, const Value& item) {
  if (operand.kind == Operand::Kind::value) return operand.value;
  const Value* found = find(item, operand.path);
  if (!found) return Value();
  return operand.kind == Operand::Kind::size ? length_of(*found) : *found;
}

bool compares(const std::string& comparator, const Value& left, const Value& right) {
  bool there = !left.is_null() && !right.is_null();
  if (comparator == "=") return there && equal(left, right);
  if (comparator == "<>") return !there || !equal(left, right);
  auto ordering = order(left, right);
  if (!ordering) return false;
  if (comparator == "<") return *ordering < 0;
  if (comparator == "<=") return *ordering <= 0;
  if (comparator == ">") return *ordering > 0;
  return *ordering >= 0;
}

bool contains(const Value& whole, const Value& part) {
  const std::string& type = type_of(whole);
  const Value& content = content_of(whole);
  if (type == "S" || type == "B")
    return type == type_of(part) &&
           content.as_bytes().find(content_of(part).as_bytes()) != std::string::npos;
  const List& items = content.items();
  if (type == "L")
    return std::any_of(items.begin(), items.end(), [&](const Value& i) { return equal(i, part); });
  return is_set_type(type) && type.substr(0, 1) == type_of(part) &&
         std::find(items.begin(), items.end(), content_of(part)) != items.end();
}

bool function_holds(const Condition& c, const Value& item) {
  Value first = value_of(c.operands[0], item);
  if (c.word == "attribute_exists") return !first.is_null();
  if (c.word == "attribute_not_exists") return first.is_null();
  Value second = value_of(c.operands[1], item);
  if (first.is_null() || second.is_null()) return false;
  if (c.word == "attribute_type") return type_of(first) == content_of(second).as_string();
  if (c.word == "contains") return contains(first, second);
  const std::string& type = type_of(first);
  return (type == "S" || type == "B") && type == type_of(second) &&
         content_of(first).as_bytes().starts_with(content_of(second).as_bytes());
}

bool is_in(const Condition& c, const Value& item) {
  Value wanted = value_of(c.operands[0], item);
  return std::any_of(c.operands.begin() + 1, c.operands.end(),
                     [&](const Operand& o) { return compares("=", wanted, value_of(o, item)); });
}

}  // namespace

Result<Condition> parse_condition(const std::string& expression, std::string_view what,
                                  Placeholders& placeholders) {
  TRY(Parser parser, Parser::open(expression, what, placeholders));
  TRY(Condition condition, read_any(parser, 1));
  CHECK_OK(parser.expect_end());
  return condition;
}

bool holds(const Condition& c, const Value& item) {
  auto part_holds = [&](const Condition& part) { return holds(part, item); };
  switch (c.kind) {
    case Condition::Kind::all:
      return std::all_of(c.parts.begin(), c.parts.end(), part_holds);
    case Condition::Kind::any:
      return std::any_of(c.parts.begin(), c.parts.end(), part_holds);
    case Condition::Kind::negation:
      return !holds(c.parts[0], item);
    case Condition::Kind::comparison:
      return compares(c.word, value_of(c.operands[0], item), value_of(c.operands[1], item));
    case Condition::Kind::between: {
      Value middle = value_of(c.operands[0], item);
      return compares(">=", middle, value_of(c.operands[1], item)) &&
             compares("<=", middle, value_of(c.operands[2], item));
    }
    case Condition::Kind::in:
      return is_in(c, item);
    case Condition::Kind::function:
      return function_holds(c, item);
  }
  return false;
}

}  // namespace mainstay::dynamodb
