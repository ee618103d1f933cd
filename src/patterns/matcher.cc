#include "patterns/matcher.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay::patterns {
namespace {

bool is_same(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) return a.as_real() == b.as_real();
  return a == b;
}

bool is_in(const Range& range, double number) {
  if (range.least && (range.above ? number <= *range.least : number < *range.least)) return false;
  return !range.most || !(range.below ? number >= *range.most : number > *range.most);
}

// '*' is any run, "\*" a star and "\\" a backslash; no other character is special.
bool wildcard_fits(std::string_view pattern, std::string_view text) {
  size_t at = 0, in = 0, star_at = std::string_view::npos, star_in = 0;
  while (true) {
    bool escaped = at + 1 < pattern.size() && pattern[at] == '\\' &&
                   (pattern[at + 1] == '*' || pattern[at + 1] == '\\');
    if (at < pattern.size() && pattern[at] == '*') {
      star_at = ++at;
      star_in = in;
      continue;
    }
    if (at == pattern.size() && in == text.size()) return true;
    char wanted = at < pattern.size() ? pattern[at + (escaped ? 1 : 0)] : '\0';
    if (at < pattern.size() && in < text.size() && wanted == text[in]) {
      at += escaped ? 2 : 1;
      ++in;
      continue;
    }
    if (star_at == std::string_view::npos || star_in >= text.size()) return false;
    at = star_at;
    in = ++star_in;
  }
}

}  // namespace

bool Matcher::fits_operand(const Value& operand, const Value& value) const {
  if (kind == Kind::exact) return is_same(operand, value);
  if (!value.is_string()) return false;
  const std::string &text = value.as_string(), &wanted = operand.as_string();
  switch (kind) {
    case Kind::prefix:
      return text.starts_with(wanted);
    case Kind::suffix:
      return text.ends_with(wanted);
    case Kind::prefix_ignoring_case:
      return to_lower(text).starts_with(to_lower(wanted));
    case Kind::suffix_ignoring_case:
      return to_lower(text).ends_with(to_lower(wanted));
    case Kind::ignoring_case:
      return equals_ignoring_case(text, wanted);
    case Kind::wildcard:
      return wildcard_fits(wanted, text);
    default:
      return false;
  }
}

bool Matcher::fits(const Value& value) const {
  if (kind == Kind::numeric) return value.is_number() && is_in(range, value.as_real());
  if (kind == Kind::cidr) {
    auto address = value.is_string() ? Address::parse(value.as_string()) : std::nullopt;
    return address && network->contains(*address);
  }
  bool any = std::any_of(operands.begin(), operands.end(),
                         [&](const Value& operand) { return fits_operand(operand, value); });
  return any != negated;
}

}  // namespace mainstay::patterns
