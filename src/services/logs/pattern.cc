#include "services/logs/pattern.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"

namespace mainstay::logs {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// Terms: words, "quoted", %regexes%, each with '-' or '?' before it.
Result<Terms> parse_terms(std::string_view text) {
  Terms out;
  while (true) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    if (text.empty()) return out;
    std::vector<Term>* to = &out.all;
    if (text.front() == '-' || text.front() == '?') {
      to = text.front() == '-' ? &out.none : &out.any;
      text.remove_prefix(1);
    }
    Term term;
    char quote = !text.empty() && (text.front() == '"' || text.front() == '%') ? text.front() : ' ';
    size_t begin = quote == ' ' ? 0 : 1;
    size_t end = text.find(quote, begin);
    if (end == std::string_view::npos && quote != ' ') return invalid_pattern();
    term.text = text.substr(begin, std::min(end, text.size()) - begin);
    if (term.text.empty()) return invalid_pattern();
    if (quote == ' ' && !std::all_of(term.text.begin(), term.text.end(), [](unsigned char c) {
          return std::isalnum(c) || c == '_' || c == '.' || c == '*' || c >= 0x80;
        }))
      return invalid_pattern();  // "terms with other characters must be quoted"
    if (quote == '%') {
      TRY(term.regex, compile_regex(term.text));
    }
    to->push_back(std::move(term));
    text.remove_prefix(std::min(text.size(), end == std::string_view::npos ? end : end + begin));
  }
}

// A comma outside quotes and parentheses parts fields.
std::vector<std::string> split_fields(std::string_view text) {
  std::vector<std::string> out(1);
  bool quoted = false;
  for (char c : text) {
    if (c == '"') quoted = !quoted;
    if (c == ',' && !quoted)
      out.emplace_back();
    else
      out.back() += c;
  }
  return out;
}

Result<Fields> parse_fields(std::string_view text) {
  Fields out;
  for (const std::string& part : split_fields(text)) {
    std::string field(trim(part));
    if (field == "...") {
      if (out.rest_at) return invalid_pattern();
      out.rest_at = out.fields.size();
      continue;
    }
    if (field.find_first_of("=<>! ") == std::string::npos) {
      out.fields.push_back({field, std::nullopt});
      continue;
    }
    TRY(Expression test, parse_expression(field));
    std::vector<std::string> names;
    test.add_selectors(names);
    if (std::any_of(names.begin(), names.end(), [&](const auto& n) { return n != names[0]; }))
      return invalid_pattern();
    out.fields.push_back({names[0], std::move(test)});
  }
  return out;
}

// A message's fields: parted by spaces, but for what stands in quotes or brackets.
List fields_of(std::string_view message) {
  List out;
  while (true) {
    while (!message.empty() && is_space(message.front())) message.remove_prefix(1);
    if (message.empty()) return out;
    char close = message.front() == '"' ? '"' : message.front() == '[' ? ']' : ' ';
    size_t end = message.find(close, 1);
    if (close != ' ' && end != std::string_view::npos) {
      out.emplace_back(message.substr(1, end - 1));
      message.remove_prefix(end + 1);
      continue;
    }
    end = std::min(message.find_first_of(" \t\n\r"), message.size());
    out.emplace_back(message.substr(0, end));
    message.remove_prefix(end);
  }
}

// Which of a message's fields is the pattern's nth.
size_t place_of(const Fields& pattern, size_t nth, size_t count) {
  bool behind = pattern.rest_at && nth >= *pattern.rest_at;
  return behind ? count - (pattern.fields.size() - nth) : nth;
}

bool matches_fields(const Fields& pattern, const List& values) {
  size_t count = pattern.fields.size();
  if (pattern.rest_at ? values.size() < count : values.size() != count) return false;
  for (size_t i = 0; i < count; ++i) {
    const Value& value = values[place_of(pattern, i, values.size())];
    const auto& test = pattern.fields[i].test;
    if (test && !test->holds([&](const std::string&) { return &value; })) return false;
  }
  return true;
}

bool matches_terms(const Terms& terms, std::string_view message) {
  auto in = [&](const Term& term) { return term.in(message); };
  if (std::any_of(terms.none.begin(), terms.none.end(), in)) return false;
  bool only_any = terms.all.empty() && terms.none.empty() && !terms.any.empty();
  return only_any ? std::any_of(terms.any.begin(), terms.any.end(), in)
                  : std::all_of(terms.all.begin(), terms.all.end(), in);
}

bool matches_json(const Expression& test, const std::string& message) {
  auto document = parse_json(message);
  return document.has_value() && document->is_map() &&
         test.holds([&](const std::string& s) { return find_selected(*document, s); });
}

}  // namespace

bool Term::in(std::string_view message) const {
  return regex ? matches_regex(*regex, message) : message.contains(text);
}

const Value* find_selected(const Value& document, std::string_view selector) {
  if (!selector.starts_with('$')) return nullptr;
  selector.remove_prefix(1);
  const Value* at = &document;
  while (!selector.empty() && at) {
    if (selector.front() == '[') {
      size_t end = selector.find(']');
      if (end == std::string_view::npos) return nullptr;
      std::string_view key = selector.substr(1, end - 1);
      auto index = parse_int(key);
      if (key.size() > 1 && (key.front() == '\'' || key.front() == '"'))
        at = at->find(key.substr(1, key.size() - 2));
      else
        at = index && *index >= 0 && static_cast<size_t>(*index) < at->size() && at->is_list()
                 ? &at->at(static_cast<size_t>(*index))
                 : nullptr;
      selector.remove_prefix(end + 1);
      continue;
    }
    if (selector.front() == '.') selector.remove_prefix(1);
    size_t end = std::min(selector.find_first_of(".["), selector.size());
    if (end == 0) continue;
    at = at->find(selector.substr(0, end));
    selector.remove_prefix(end);
  }
  return at;
}

Result<Pattern> Pattern::parse(std::string_view text) {
  Pattern out;
  std::string_view plain = trim(text);
  if (plain.starts_with('{')) {
    if (!plain.ends_with('}')) return invalid_pattern();
    TRY(Expression test, parse_expression(plain.substr(1, plain.size() - 2)));
    std::vector<std::string> selectors;
    test.add_selectors(selectors);
    for (const std::string& s : selectors)
      if (!s.starts_with("$.") && !s.starts_with("$[")) return invalid_pattern();
    out.form_ = std::move(test);
    return out;
  }
  if (plain.starts_with('[')) {
    if (!plain.ends_with(']')) return invalid_pattern();
    if (plain == "[]") return out;
    TRY(Fields fields, parse_fields(plain.substr(1, plain.size() - 2)));
    out.form_ = std::move(fields);
    return out;
  }
  TRY(Terms terms, parse_terms(plain));
  out.form_ = std::move(terms);
  return out;
}

bool Pattern::matches(const std::string& message) const {
  if (const auto* terms = std::get_if<Terms>(&form_)) return matches_terms(*terms, message);
  if (const auto* fields = std::get_if<Fields>(&form_))
    return matches_fields(*fields, fields_of(message));
  return matches_json(std::get<Expression>(form_), message);
}

Value Pattern::extracted(const std::string& message) const {
  Value out = Value::map({});
  if (const auto* fields = std::get_if<Fields>(&form_)) {
    List values = fields_of(message);
    for (size_t i = 0; i < fields->fields.size(); ++i) {
      size_t place = place_of(*fields, i, values.size());
      const std::string& name = fields->fields[i].name;
      out.set("$" + (name.empty() ? std::to_string(place + 1) : name), values[place]);
    }
  } else if (const auto* test = std::get_if<Expression>(&form_)) {
    std::vector<std::string> selectors;
    test->add_selectors(selectors);
    for (const std::string& s : selectors)
      if (auto value = value_of(message, s)) out.set(s, *value);
  }
  return out;
}

std::optional<std::string> Pattern::value_of(const std::string& message,
                                             std::string_view selector) const {
  if (std::holds_alternative<Fields>(form_)) {
    Value all = extracted(message);
    const Value* found = all.find(selector);
    return found ? std::optional(found->as_string()) : std::nullopt;
  }
  auto document = parse_json(message);
  const Value* found = document.has_value() ? find_selected(*document, selector) : nullptr;
  if (!found || found->is_list() || found->is_map()) return std::nullopt;
  return found->to_text();
}

}  // namespace mainstay::logs
