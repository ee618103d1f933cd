#include "stacks/naming.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay::stacks {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_name_character(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
}

}  // namespace

bool is_stack_name(std::string_view name) {
  return !name.empty() && name.size() <= stack_name_length_max && is_letter(name[0]) &&
         std::ranges::all_of(name, is_name_character);
}

std::string clean_namespace(std::string_view name_space) {
  std::string out;
  for (char c : name_space) {
    if (is_name_character(c) || c == '.')
      out += c;
    else if (!out.ends_with('-'))
      out += '-';
  }
  size_t first = 0;
  while (first < out.size() && !is_letter(out[first])) ++first;
  out.erase(0, first);
  while (out.ends_with('-') && !name_space.ends_with('-')) out.pop_back();
  return out;
}

std::string full_stack_name(std::string_view name_space, std::string_view delimiter,
                            std::string_view name) {
  std::string base = to_lower(replace_all(name_space, ".", "-"));
  std::string prefix = base + std::string(delimiter);
  if (base.empty()) return std::string(name);
  if (name.empty()) return base;
  if (name.starts_with(prefix)) return std::string(name);
  return prefix + std::string(name);
}

}  // namespace mainstay::stacks
