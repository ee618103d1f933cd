#include "base/printable.hh"

#include <cstdint>
#include <cstdio>

#include "base/text.hh"

namespace mainstay {
namespace {

// The bytes of the code point that begins at `at`, 0 where it isn't UTF-8.
size_t sequence_length(std::string_view text, size_t at) {
  constexpr size_t longest = 4;
  for (size_t length = 1; length <= longest && at + length <= text.size(); ++length)
    if (is_utf8(text.substr(at, length))) return length;
  return 0;
}

uint32_t code_point(std::string_view bytes) {
  constexpr unsigned char lead_masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
  uint32_t point = static_cast<unsigned char>(bytes[0]) & lead_masks[bytes.size()];
  for (char c : bytes.substr(1)) point = point << 6 | (static_cast<unsigned char>(c) & 0x3f);
  return point;
}

bool between(uint32_t point, uint32_t low, uint32_t high) {
  return point >= low && point <= high;
}

// Source: Unicode 15, general categories Cc, Zl, Zp, and the bidirectional controls (UAX 9).
bool is_harmful(uint32_t point) {
  return point < 0x20 || between(point, 0x7f, 0x9f) || point == 0x61c ||
         between(point, 0x200e, 0x200f) || between(point, 0x2028, 0x202e) ||
         between(point, 0x2066, 0x2069);
}

std::string escaped(uint32_t point) {
  char out[16];
  std::snprintf(out, sizeof out, point < 0x100 ? "\\x%02x" : "\\u{%x}", point);
  return out;
}

// replace(code point, its bytes): what stands for it; bad: what stands for a byte that is no UTF-8.
template <class Replace, class Bad>
std::string replaced(std::string_view text, Replace replace, Bad bad) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    size_t length = sequence_length(text, at);
    if (length == 0) {
      out += bad(static_cast<unsigned char>(text[at++]));
      continue;
    }
    std::string_view bytes = text.substr(at, length);
    out += replace(code_point(bytes), bytes);
    at += length;
  }
  return out;
}

}  // namespace

std::string printable(std::string_view text) {
  return replaced(
      text,
      [](uint32_t point, std::string_view bytes) {
        bool kept = point == '\n' || point == '\t' || !is_harmful(point);
        return kept ? std::string(bytes) : escaped(point);
      },
      [](unsigned char byte) { return escaped(byte); });
}

std::string one_line(std::string_view text) {
  return replace_all(replace_all(printable(text), "\n", "\\n"), "\t", "\\t");
}

std::string printable_json(std::string_view json) {
  return replaced(
      json,
      [](uint32_t point, std::string_view bytes) {
        // What is below 0x20 here stands between values: within texts it is escaped already.
        if (point < 0x20 || !is_harmful(point)) return std::string(bytes);
        char out[16];
        std::snprintf(out, sizeof out, "\\u%04x", point);
        return std::string(out);
      },
      [](unsigned char) { return std::string("\xef\xbf\xbd"); });
}

}  // namespace mainstay
