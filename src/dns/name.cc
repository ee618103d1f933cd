#include "dns/name.hh"

#include "base/text.hh"

namespace mainstay::dns {
namespace {

constexpr size_t label_max = 63, name_max = 255, text_max = 1024;

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

}  // namespace

std::optional<char> read_byte(std::string_view text, size_t& at, Escapes escapes) {
  if (text[at] != '\\') return text[at++];
  if (at + 1 >= text.size()) return std::nullopt;
  char next = text[at + 1];
  if (next < '0' || next > '9') {
    at += 2;
    return next;
  }
  if (at + 3 >= text.size()) return std::nullopt;
  int base = escapes == Escapes::octal ? 8 : 10, value = 0;
  for (size_t i = at + 1; i <= at + 3; ++i) {
    if (text[i] < '0' || text[i] >= '0' + base) return std::nullopt;
    value = value * base + (text[i] - '0');
  }
  if (value > 255) return std::nullopt;
  at += 4;
  return static_cast<char>(value);
}

std::string octal_escape(char byte) {
  auto c = static_cast<unsigned char>(byte);
  return {'\\', static_cast<char>('0' + (c >> 6)), static_cast<char>('0' + (c >> 3 & 7)),
          static_cast<char>('0' + (c & 7))};
}

std::optional<std::string> normal_name(std::string_view text, Escapes escapes) {
  if (text.empty() || text.size() > text_max) return std::nullopt;
  if (text == ".") return ".";
  std::string out;
  size_t label = 0, total = 1;
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '.') {
      if (label == 0) return std::nullopt;
      out += '.';
      label = 0;
      ++total;
      ++at;
      continue;
    }
    auto byte = read_byte(text, at, escapes);
    if (!byte) return std::nullopt;
    char c = *byte >= 'A' && *byte <= 'Z' ? static_cast<char>(*byte + 32) : *byte;
    out += is_plain(c) ? std::string(1, c) : octal_escape(c);
    ++total;
    if (++label > label_max) return std::nullopt;
  }
  if (label > 0) {
    out += '.';
    ++total;
  }
  if (total > name_max) return std::nullopt;
  return out;
}

bool is_whole(std::string_view text) {
  if (!text.ends_with('.')) return false;
  size_t backslashes = 0;
  while (backslashes + 1 < text.size() && text[text.size() - 2 - backslashes] == '\\')
    ++backslashes;
  return backslashes % 2 == 0;
}

std::string shown_name(std::string_view normal) {
  constexpr std::string_view wildcard = "\\052.";
  if (normal.starts_with(wildcard)) return "*." + std::string(normal.substr(wildcard.size()));
  return std::string(normal);
}

std::string decimal_name(std::string_view normal) {
  std::string out;
  for (size_t at = 0; at < normal.size();) {
    if (normal[at] != '\\') {
      out += normal[at++];
      continue;
    }
    auto byte = static_cast<unsigned char>(read_byte(normal, at, Escapes::octal).value_or(0));
    std::string digits = std::to_string(byte);
    out += "\\" + std::string(3 - digits.size(), '0') + digits;
  }
  return out;
}

bool in_zone(std::string_view name, std::string_view zone) {
  return name == zone || (name.size() > zone.size() && name.ends_with(zone) &&
                          name[name.size() - zone.size() - 1] == '.');
}

std::string relative_name(std::string_view name, std::string_view zone) {
  if (name == zone) return "";
  std::string shown = shown_name(name);
  return shown.substr(0, shown.size() - zone.size() - 1);
}

}  // namespace mainstay::dns
