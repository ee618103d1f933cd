// Update and projection expressions, read.
#include <algorithm>

#include "base/text.hh"
#include "services/dynamodb/parser.hh"

namespace mainstay::dynamodb {
namespace {

constexpr std::string_view what_update = "UpdateExpression";
constexpr int term_nesting_max = 32;

Result<Term> read_term(Parser& p, int level);

Result<Term> read_function_term(Parser& p, int level) {
  std::string name = p.peek().text;
  Term out;
  if (name == "if_not_exists") {
    out.kind = Term::Kind::if_not_exists;
  } else if (name == "list_append") {
    out.kind = Term::Kind::list_append;
  } else {
    return invalid(p.what(), "Invalid function name; function: " + name);
  }
  p.take();
  CHECK_OK(p.expect_symbol("("));
  do {
    TRY(Term term, read_term(p, level + 1));
    out.terms.push_back(std::move(term));
  } while (p.take_symbol(","));
  CHECK_OK(p.expect_symbol(")"));
  if (out.terms.size() != 2)
    return invalid(p.what(),
                   "Incorrect number of operands for operator or function; operator or function: " +
                       name + ", number of operands: " + std::to_string(out.terms.size()));
  if (out.kind == Term::Kind::list_append)
    for (const Term& term : out.terms)
      if (term.kind == Term::Kind::operand && term.operand.kind == Operand::Kind::value &&
          type_of(term.operand.value) != "L")
        return invalid(p.what(),
                       "Incorrect operand type for operator or function; operator or function: "
                       "list_append, operand type: " +
                           type_of(term.operand.value));
  if (out.kind != Term::Kind::if_not_exists) return out;
  const Term& first = out.terms[0];
  if (first.kind != Term::Kind::operand || first.operand.kind != Operand::Kind::path)
    return invalid(p.what(),
                   "Operator or function requires a document path; operator or function: " + name);
  out.operand = first.operand;
  out.terms.erase(out.terms.begin());
  return out;
}

Result<Term> read_plain_term(Parser& p, int level) {
  if (level > term_nesting_max)
    return invalid(p.what(), "The expression is nested more than 32 levels deep");
  if (p.at_function()) return read_function_term(p, level);
  if (p.take_symbol("(")) {
    TRY(Term inner, read_term(p, level + 1));
    CHECK_OK(p.expect_symbol(")"));
    return inner;
  }
  Term out;
  TRY(out.operand, p.operand());
  return out;
}

Result<Term> read_term(Parser& p, int level) {
  TRY(Term left, read_plain_term(p, level));
  if (!p.at_symbol("+") && !p.at_symbol("-")) return left;
  Term out;
  out.kind = p.take().text == "+" ? Term::Kind::add : Term::Kind::subtract;
  TRY(Term right, read_plain_term(p, level));
  out.terms.push_back(std::move(left));
  out.terms.push_back(std::move(right));
  return out;
}

Status read_set(Parser& p, Update& out) {
  do {
    Update::Set set;
    TRY(set.path, p.path());
    CHECK_OK(p.expect_symbol("="));
    TRY(set.term, read_term(p, 1));
    out.set.push_back(std::move(set));
  } while (p.take_symbol(","));
  return {};
}

Status read_remove(Parser& p, Update& out) {
  do {
    TRY(Path path, p.path());
    out.remove.push_back(std::move(path));
  } while (p.take_symbol(","));
  return {};
}

// Types by their long names, as ADD and DELETE call them.
std::string long_type(const Value& value) {
  constexpr std::pair<std::string_view, std::string_view> names[] = {
      {"S", "STRING"},      {"N", "NUMBER"},      {"B", "BINARY"},
      {"SS", "STRING_SET"}, {"NS", "NUMBER_SET"}, {"L", "LIST"},
      {"BS", "BINARY_SET"}, {"M", "MAP"},         {"BOOL", "BOOLEAN"}};
  for (const auto& [type, name] : names)
    if (type == type_of(value)) return std::string(name);
  return type_of(value);
}

Error bad_operand(const std::string& clause, const Value& value) {
  return invalid(what_update,
                 "Incorrect operand type for operator or function; operator: " + clause +
                     ", operand type: " + long_type(value) + ", typeSet: " +
                     (clause == "ADD" ? "ALLOWED_FOR_ADD_OPERAND" : "ALLOWED_FOR_DELETE_OPERAND"));
}

Status read_changes(Parser& p, const std::string& clause, std::vector<Update::Change>& out) {
  do {
    Update::Change change;
    TRY(change.path, p.path());
    TRY(change.value, p.value());
    const std::string& type = type_of(change.value);
    if (!is_set_type(type) && !(clause == "ADD" && type == "N"))
      return bad_operand(clause, change.value);
    out.push_back(std::move(change));
  } while (p.take_symbol(","));
  return {};
}

Status read_clause(Parser& p, const std::string& clause, Update& out) {
  if (clause == "SET") return read_set(p, out);
  if (clause == "REMOVE") return read_remove(p, out);
  return read_changes(p, clause, clause == "ADD" ? out.add : out.erase);
}

}  // namespace

std::vector<Path> Update::paths() const {
  std::vector<Path> out = remove;
  for (const Set& s : set) out.push_back(s.path);
  for (const Change& c : add) out.push_back(c.path);
  for (const Change& c : erase) out.push_back(c.path);
  return out;
}

Result<Update> parse_update(const std::string& expression, Placeholders& placeholders) {
  TRY(Parser parser, Parser::open(expression, what_update, placeholders));
  Update out;
  std::set<std::string> seen;
  while (!parser.at_end()) {
    std::string clause = to_upper(parser.peek().text);
    constexpr std::string_view clauses[] = {"SET", "REMOVE", "ADD", "DELETE"};
    if (std::find(std::begin(clauses), std::end(clauses), clause) == std::end(clauses))
      return parser.unexpected();
    if (!seen.insert(clause).second)
      return invalid(what_update, "The \"" + clause +
                                      "\" section can only be used once in an update expression;");
    parser.take();
    CHECK_OK(read_clause(parser, clause, out));
  }
  CHECK_OK(check_overlap(out.paths(), what_update));
  return out;
}

Result<std::vector<Path>> parse_projection(const std::string& expression,
                                           Placeholders& placeholders) {
  constexpr std::string_view what = "ProjectionExpression";
  TRY(Parser parser, Parser::open(expression, what, placeholders));
  std::vector<Path> out;
  do {
    TRY(Path path, parser.path());
    out.push_back(std::move(path));
  } while (parser.take_symbol(","));
  CHECK_OK(parser.expect_end());
  CHECK_OK(check_overlap(out, what));
  return out;
}

}  // namespace mainstay::dynamodb
