#include "services/logs/condition.hh"

#include <re2/re2.h>

#include <algorithm>

#include "base/text.hh"

namespace mainstay::logs {
namespace {

using Kind = Comparison::Kind;

struct OperatorRow {
  std::string_view text;
  Kind kind;
};
constexpr OperatorRow operators[] = {{"!=", Kind::differs},  {"<=", Kind::at_most},
                                     {">=", Kind::at_least}, {"=", Kind::equal},
                                     {"<", Kind::less},      {">", Kind::greater}};
constexpr OperatorRow words[] = {{"IS NULL", Kind::is_null},
                                 {"IS TRUE", Kind::is_true},
                                 {"IS FALSE", Kind::is_false},
                                 {"NOT EXISTS", Kind::is_absent}};

// '*' any run; every other character, '?' too, stands for itself.
bool star_match(std::string_view pattern, std::string_view text) {
  size_t star = std::string_view::npos, mark = 0, p = 0, t = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::optional<double> number_of(const Value& value) {
  if (value.is_number()) return value.as_real();
  return value.is_string() ? parse_real(value.as_string()) : std::nullopt;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<Expression> read() {
    TRY(Expression out, any(0));
    skip_space();
    if (!text_.empty()) return invalid_pattern();
    return out;
  }

 private:
  void skip_space() {
    while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\t'))
      text_.remove_prefix(1);
  }
  bool take(std::string_view what) {
    skip_space();
    if (!text_.starts_with(what)) return false;
    text_.remove_prefix(what.size());
    return true;
  }

  Result<Expression> joined(int depth, Expression::Kind kind, std::string_view by,
                            Result<Expression> (Reader::*part)(int)) {
    TRY(Expression first, (this->*part)(depth));
    Expression out{.kind = kind, .selector = {}, .comparison = {}, .parts = {std::move(first)}};
    while (take(by)) {
      TRY(Expression next, (this->*part)(depth));
      out.parts.push_back(std::move(next));
    }
    if (out.parts.size() > 1) return out;
    Expression only = std::move(out.parts[0]);
    return only;
  }
  Result<Expression> any(int depth) {
    if (depth > expression_depth_max) return invalid_pattern();
    return joined(depth, Expression::Kind::any, "||", &Reader::all);
  }
  Result<Expression> all(int depth) {
    return joined(depth, Expression::Kind::all, "&&", &Reader::one);
  }

  Result<Expression> one(int depth) {
    if (take("(")) {
      TRY(Expression inner, any(depth + 1));
      if (!take(")")) return invalid_pattern();
      return inner;
    }
    Expression test;
    TRY(test.selector, selector());
    TRY(test.comparison, comparison());
    return test;
  }

  // "$.a['b c'][0]" or a plain name.
  Result<std::string> selector() {
    skip_space();
    size_t end = 0;
    char bracket = 0;
    while (end < text_.size()) {
      char c = text_[end];
      if (c == '[') bracket = c;
      if (c == ']') bracket = 0;
      if (!bracket && (c == ' ' || c == '=' || c == '!' || c == '<' || c == '>' || c == '&' ||
                       c == '|' || c == '(' || c == ')'))
        break;
      ++end;
    }
    if (end == 0 || bracket) return invalid_pattern();
    std::string out(text_.substr(0, end));
    text_.remove_prefix(end);
    return out;
  }

  Result<Comparison> comparison() {
    for (const OperatorRow& row : words)
      if (take(row.text)) return Comparison{row.kind, {}, {}, {}};
    for (const OperatorRow& row : operators)
      if (take(row.text)) return operand(row.kind);
    return invalid_pattern();
  }

  Result<Comparison> operand(Kind kind) {
    Comparison out{kind, {}, {}, {}};
    skip_space();
    bool quoted = text_.starts_with('"');
    if (quoted || text_.starts_with('%')) {
      size_t end = text_.find(text_.front(), 1);
      while (quoted && end != std::string_view::npos && text_[end - 1] == '\\')
        end = text_.find('"', end + 1);
      if (end == std::string_view::npos) return invalid_pattern();
      out.text = replace_all(text_.substr(1, end - 1), "\\\"", "\"");
      if (!quoted) {
        TRY(out.regex, compile_regex(out.text));
      }
      text_.remove_prefix(end + 1);
    } else {
      size_t end = std::min(text_.find_first_of(" \t&|()"), text_.size());
      if (end == 0) return invalid_pattern();
      out.text = text_.substr(0, end);
      out.number = parse_real(out.text);
      text_.remove_prefix(end);
    }
    bool orders = kind != Kind::equal && kind != Kind::differs;
    if (orders && !out.number) return invalid_pattern();
    return out;
  }

  std::string_view text_;
};

bool equals_operand(const Comparison& c, const Value& value) {
  if (c.regex) return value.is_scalar() && matches_regex(*c.regex, value.to_text());
  if (c.number) {
    auto number = number_of(value);
    return number && *number == *c.number;
  }
  return value.is_string() && star_match(c.text, value.as_string());
}

}  // namespace

Error invalid_pattern() {
  return aws_error("InvalidParameterException", "Invalid filter pattern");
}

Result<std::shared_ptr<const re2::RE2>> compile_regex(const std::string& text) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto regex = std::make_shared<re2::RE2>(text, options);
  if (!regex->ok()) return invalid_pattern();
  return std::shared_ptr<const re2::RE2>(std::move(regex));
}

bool matches_regex(const re2::RE2& regex, std::string_view text) {
  return re2::RE2::PartialMatch(text, regex);
}

bool Comparison::holds(const Value* value) const {
  if (kind == Kind::is_absent) return value == nullptr;
  if (!value) return false;
  if (kind == Kind::is_null) return value->is_null();
  if (kind == Kind::is_true) return value->is_bool() && value->as_bool();
  if (kind == Kind::is_false) return value->is_bool() && !value->as_bool();
  if (kind == Kind::equal) return equals_operand(*this, *value);
  if (kind == Kind::differs) return !equals_operand(*this, *value);
  auto left = number_of(*value);
  if (!left) return false;
  if (kind == Kind::less) return *left < *number;
  if (kind == Kind::at_most) return *left <= *number;
  return kind == Kind::greater ? *left > *number : *left >= *number;
}

bool Expression::holds(const Find& find) const {
  auto one = [&](const Expression& part) { return part.holds(find); };
  if (kind == Kind::all) return std::all_of(parts.begin(), parts.end(), one);
  if (kind == Kind::any) return std::any_of(parts.begin(), parts.end(), one);
  return comparison.holds(find(selector));
}

void Expression::add_selectors(std::vector<std::string>& to) const {
  if (kind == Kind::test) to.push_back(selector);
  for (const Expression& part : parts) part.add_selectors(to);
}

Result<Expression> parse_expression(std::string_view text) {
  return Reader(text).read();
}

}  // namespace mainstay::logs
