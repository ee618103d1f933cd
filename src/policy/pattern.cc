#include "policy/pattern.hh"

#include "base/text.hh"

namespace mainstay::policy {
namespace {

// The inside of "${...}".
Pattern::Part parse_variable(std::string_view inside) {
  Pattern::Part out;
  if (inside == "*" || inside == "?" || inside == "$") {
    out.text = inside;
    out.literal = true;
    return out;
  }
  out.variable = true;
  size_t comma = inside.find(',');
  out.text = to_lower(trim(inside.substr(0, comma)));
  if (comma == std::string_view::npos) return out;
  std::string_view otherwise = trim(inside.substr(comma + 1));
  if (otherwise.size() >= 2 && otherwise.front() == '\'' && otherwise.back() == '\'')
    otherwise = otherwise.substr(1, otherwise.size() - 2);
  out.otherwise = std::string(otherwise);
  return out;
}

void append(Glob& glob, const Pattern::Part& part) {
  if (part.literal)
    glob.append_literal(part.text);
  else
    glob.append_pattern(part.text);
}

}  // namespace

Pattern::Pattern(std::string_view text, Wildcards wildcards, size_t variables_from) {
  auto add_text = [&](std::string_view piece) {
    if (!piece.empty())
      parts_.push_back({std::string(piece), false, {}, wildcards == Wildcards::no});
  };
  size_t at = 0;
  size_t look = variables_from;
  while (look < text.size()) {
    size_t open = text.find("${", look);
    size_t close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) break;
    add_text(text.substr(at, open - at));
    parts_.push_back(parse_variable(text.substr(open + 2, close - open - 2)));
    variables_ = variables_ || parts_.back().variable;
    at = look = close + 1;
  }
  add_text(text.substr(at));
  if (variables_) return;
  for (const Part& part : parts_) append(fixed_, part);
}

std::optional<Glob> Pattern::resolve(const Context& context) const {
  if (!variables_) return fixed_;
  Glob out;
  for (const Part& part : parts_) {
    if (!part.variable) {
      append(out, part);
      continue;
    }
    const Context::Entry* entry = context.find_lower(part.text);
    if (entry && !entry->multivalued && entry->values.size() == 1)
      out.append_literal(entry->values[0]);
    else if (part.otherwise)
      out.append_literal(*part.otherwise);
    else
      return {};
  }
  if (fold_) out.fold_case();
  return out;
}

Glob Pattern::relaxed() const {
  Glob out;
  for (const Part& part : parts_) {
    if (part.variable)
      out.append_pattern("*");
    else
      append(out, part);
  }
  if (fold_) out.fold_case();
  return out;
}

void Pattern::fold_case() {
  fold_ = true;
  fixed_.fold_case();
}

}  // namespace mainstay::policy
