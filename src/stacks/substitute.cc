#include "stacks/substitute.hh"

#include <functional>

namespace mainstay::stacks {
namespace {

bool starts_name(char c) {
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string_view name_at(std::string_view text) {
  if (text.empty() || !starts_name(text[0])) return {};
  size_t n = 1;
  while (n < text.size() && (starts_name(text[n]) || (text[n] >= '0' && text[n] <= '9'))) ++n;
  return text.substr(0, n);
}

struct Placeholder {
  std::string_view name;
  size_t size = 0;  // of the whole, with its marks; 0: none here
  bool braced = false;
};

// Of text that starts with '$'.
Placeholder placeholder_at(std::string_view text) {
  bool braced = text.size() > 1 && text[1] == '{';
  std::string_view name = name_at(text.substr(braced ? 2 : 1));
  if (name.empty()) return {};
  if (!braced) return {name, name.size() + 1, false};
  bool closed = text.size() > name.size() + 2 && text[name.size() + 2] == '}';
  return closed ? Placeholder{name, name.size() + 3, true} : Placeholder{};
}

// replace(placeholder) gives the text to put in its place, or nothing to leave it as it is.
std::string replace_placeholders(
    std::string_view text, bool escapes,
    const std::function<std::optional<std::string>(const Placeholder&)>& replace) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    size_t dollar = std::min(text.find('$', i), text.size());
    out += text.substr(i, dollar - i);
    i = dollar;
    if (i == text.size()) break;
    if (escapes && text.substr(i).starts_with("$$")) {
      out += '$';
      i += 2;
      continue;
    }
    Placeholder found = placeholder_at(text.substr(i));
    auto replacement = found.size > 0 ? replace(found) : std::nullopt;
    out += replacement.value_or("$");
    i += replacement ? found.size : 1;
  }
  return out;
}

std::optional<std::string> text_of(const Map& values, std::string_view name) {
  const Value* value = values.find(name);
  if (!value || !value->is_scalar()) return std::nullopt;
  return value->to_text();
}

Value substitute_in_text(const std::string& text, const Map& values) {
  if (text.starts_with('$')) {
    Placeholder whole = placeholder_at(text);
    const Value* value = whole.size == text.size() ? values.find(whole.name) : nullptr;
    if (value) return *value;
  }
  return replace_placeholders(text, false,
                              [&](const Placeholder& p) { return text_of(values, p.name); });
}

}  // namespace

std::string substitute_text(std::string_view text, const Map& values) {
  return replace_placeholders(text, true,
                              [&](const Placeholder& p) { return text_of(values, p.name); });
}

Value substitute_value(const Value& v, const Map& values) {
  if (v.is_string()) return substitute_in_text(v.as_string(), values);
  if (v.is_list()) {
    List out;
    for (const Value& item : v.items()) out.push_back(substitute_value(item, values));
    return out;
  }
  if (v.is_map()) {
    Map out;
    for (const auto& [key, value] : v.members()) out.set(key, substitute_value(value, values));
    return out;
  }
  return v;
}

std::optional<std::string> missing_key(std::string_view text) {
  for (size_t i = text.find('$'); i != std::string_view::npos; i = text.find('$', i + 1)) {
    Placeholder found = placeholder_at(text.substr(i));
    if (found.size > 0 && found.braced) return std::string(found.name);
  }
  return std::nullopt;
}

}  // namespace mainstay::stacks
