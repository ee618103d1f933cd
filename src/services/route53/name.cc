#include "services/route53/name.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay::route53 {
namespace {

bool plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool octal(char c) {
  return c >= '0' && c <= '7';
}

std::string escape(unsigned char c) {
  std::string out = "\\";
  for (int shift = 6; shift >= 0; shift -= 3) out += static_cast<char>('0' + (c >> shift & 7));
  return out;
}

}  // namespace

std::optional<std::string> normal_name(std::string_view text) {
  if (text.empty() || text.size() > 1024) return std::nullopt;
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.empty()) return std::nullopt;
  std::string out;
  size_t label = 0, total = 1;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '.') {
      if (label == 0) return std::nullopt;
      out += '.';
      label = 0;
      ++total;
      continue;
    }
    if (c == '\\') {
      if (i + 3 >= text.size() || !octal(text[i + 1]) || !octal(text[i + 2]) || !octal(text[i + 3]))
        return std::nullopt;
      c = static_cast<char>((text[i + 1] - '0') << 6 | (text[i + 2] - '0') << 3 |
                            (text[i + 3] - '0'));
      i += 3;
    }
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    out += plain(c) ? std::string(1, c) : escape(static_cast<unsigned char>(c));
    ++total;
    if (++label > 63) return std::nullopt;
  }
  if (label == 0 || total > 255) return std::nullopt;
  return out + ".";
}

std::string reversed(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  auto labels = split(name, ".");
  std::reverse(labels.begin(), labels.end());
  return join(labels, ".") + ".";
}

bool in_zone(std::string_view name, std::string_view zone) {
  return name == zone || (name.size() > zone.size() && name.ends_with(zone) &&
                          name[name.size() - zone.size() - 1] == '.');
}

}  // namespace mainstay::route53
