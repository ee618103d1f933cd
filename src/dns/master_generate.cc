#include <array>
#include <charconv>

#include "base/text.hh"
#include "dns/master_file.hh"
#include "dns/name.hh"

// $GENERATE of BIND 9's Administrator Reference Manual: "$" is the number, "${offset,width,base}"
// the number moved, padded with zeros and in base d, o, x or X.
namespace mainstay::dns {
namespace {

constexpr int64_t width_max = 255;

Result<std::string> formatted(std::string_view modifier, int64_t number) {
  std::vector<std::string> parts = split(modifier, ",");
  auto offset = parse_int(parts[0]);
  auto width = parts.size() > 1 ? parse_int(parts[1]) : 0;
  std::string base = parts.size() > 2 ? parts[2] : "d";
  if (!offset || !width || *width < 0 || *width > width_max || parts.size() > 3 ||
      base.size() != 1 || std::string_view("doxX").find(base[0]) == std::string_view::npos)
    return zone_error("${" + std::string(modifier) +
                      "} is not ${offset,width,base} with a base of d, o, x or X");
  number += *offset;
  if (number < 0) return zone_error("$GENERATE comes to a number below 0");
  std::array<char, 32> digits;
  int radix = base == "d" ? 10 : base == "o" ? 8 : 16;
  auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, radix).ptr;
  std::string text(digits.data(), end);
  if (base == "X") text = to_upper(text);
  size_t missing = std::max<int64_t>(*width - std::ssize(text), 0);
  return std::string(missing, '0') + text;
}

}  // namespace

Result<std::string> generated_text(std::string_view pattern, int64_t number) {
  std::string out;
  for (size_t at = 0; at < pattern.size(); ++at) {
    char c = pattern[at];
    if (c == '\\' && at + 1 < pattern.size()) {
      char next = pattern[++at];
      out += next == '$' ? "$" : std::string("\\") + next;
    } else if (c != '$') {
      out += c;
    } else if (pattern.substr(at).starts_with("$$")) {
      out += '$';
      ++at;
    } else if (pattern.substr(at).starts_with("${")) {
      size_t end = pattern.find('}', at);
      if (end == std::string_view::npos) return zone_error("a \"${\" is not closed");
      TRY(std::string text, formatted(pattern.substr(at + 2, end - at - 2), number));
      out += text;
      at = end;
    } else {
      out += std::to_string(number);
    }
  }
  return out;
}

}  // namespace mainstay::dns
