#include "cfn/yaml_scalar.hh"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "base/text.hh"

namespace mainstay::cfn {
namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool all_of(std::string_view text, bool (*accept)(char)) {
  return !text.empty() && std::all_of(text.begin(), text.end(), accept);
}

std::optional<int64_t> whole(std::string digits, int base, bool negative) {
  std::erase(digits, '_');
  if (negative) digits.insert(digits.begin(), '-');
  int64_t value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// "1:30:00" in base 60; a fraction is allowed in the last part if real.
std::optional<double> base_sixty(std::string_view text, bool real) {
  std::vector<std::string> parts = split(text, ":");
  if (parts.size() < 2 || parts.size() > 8) return std::nullopt;
  double total = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    std::string part = parts[i];
    bool last = i + 1 == parts.size();
    std::string fraction;
    if (size_t dot = part.find('.'); dot != std::string::npos) {
      if (!last || !real) return std::nullopt;
      fraction = part.substr(dot);
      part.resize(dot);
    } else if (last && real) {
      return std::nullopt;
    }
    if (i == 0) std::erase(part, '_');
    if (!all_of(part, is_digit) || part.size() > 15) return std::nullopt;
    double number = parse_real(part).value_or(0);
    if (i > 0 && (part.size() > 2 || number > 59)) return std::nullopt;
    std::erase(fraction, '_');
    if (fraction.size() > 1) number += parse_real("0" + fraction).value_or(0);
    total = total * 60 + number;
  }
  return total;
}

std::optional<Value> integer(std::string_view text) {
  bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || !is_digit(text[0])) return std::nullopt;
  std::string digits(text);
  std::optional<int64_t> n;
  auto octal = [](char c) { return (c >= '0' && c <= '7') || c == '_'; };
  auto decimal = [](char c) { return is_digit(c) || c == '_'; };
  auto hexadecimal = [](char c) {
    return std::isxdigit(static_cast<unsigned char>(c)) || c == '_';
  };
  auto binary = [](char c) { return c == '0' || c == '1' || c == '_'; };
  if (text == "0") return Value(0);
  if (text.starts_with("0b") && all_of(text.substr(2), binary)) {
    n = whole(digits.substr(2), 2, negative);
  } else if (text.starts_with("0x") && all_of(text.substr(2), hexadecimal)) {
    n = whole(digits.substr(2), 16, negative);
  } else if (text[0] == '0' && all_of(text.substr(1), octal)) {
    n = whole(digits, 8, negative);
  } else if (text[0] != '0' && all_of(text, decimal)) {
    n = whole(digits, 10, negative);
  } else if (text[0] != '0') {
    if (auto d = base_sixty(text, false); d && *d < 9e15)
      n = static_cast<int64_t>(negative ? -*d : *d);
  }
  if (!n) return std::nullopt;
  return Value(*n);
}

// PyYAML wants a '.' in every real, and a sign in every exponent.
std::optional<Value> real(std::string_view text) {
  bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  double sign = negative ? -1 : 1;
  if (is_one_of(text, {".inf", ".Inf", ".INF"}))
    return Value(sign * std::numeric_limits<double>::infinity());
  size_t dot = text.find('.');
  if (dot == std::string_view::npos || text == ".") return std::nullopt;
  if (text.find(':') != std::string_view::npos) {
    auto d = base_sixty(text, true);
    return d ? std::optional<Value>(Value(sign * *d)) : std::nullopt;
  }
  std::string plain(text);
  size_t exponent = plain.find_first_of("eE");
  if (exponent != std::string::npos) {
    std::string_view tail = std::string_view(plain).substr(exponent + 1);
    if (tail.size() < 2 || (tail[0] != '+' && tail[0] != '-') || !all_of(tail.substr(1), is_digit))
      return std::nullopt;
  }
  std::string_view mantissa = std::string_view(plain).substr(0, exponent);
  if (!is_digit(mantissa[0] == '.' ? (mantissa.size() > 1 ? mantissa[1] : ' ') : mantissa[0]))
    return std::nullopt;
  if (std::count(mantissa.begin(), mantissa.end(), '.') != 1 ||
      !std::all_of(mantissa.begin(), mantissa.end(),
                   [](char c) { return is_digit(c) || c == '_' || c == '.'; }))
    return std::nullopt;
  std::erase(plain, '_');
  auto number = parse_real(plain.starts_with('.') ? "0" + plain : plain);
  if (!number) return std::nullopt;
  return Value(sign * *number);
}

}  // namespace

Value resolve_plain_scalar(std::string_view text) {
  if (text.empty() || is_one_of(text, {"~", "null", "Null", "NULL"})) return {};
  if (is_one_of(text, {"yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})) return true;
  if (is_one_of(text, {"no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"}))
    return false;
  if (is_one_of(text, {".nan", ".NaN", ".NAN"})) return std::numeric_limits<double>::quiet_NaN();
  if (auto v = integer(text)) return *v;
  if (auto v = real(text)) return *v;
  return text;
}

Value resolve_json_scalar(std::string_view text) {
  if (text == "null") return {};
  if (text == "true") return true;
  if (text == "false") return false;
  if (auto n = parse_int(text)) return *n;
  bool numeric = !text.empty() && (is_digit(text[0]) || text[0] == '-');
  if (auto d = parse_real(text); d && numeric && std::isfinite(*d)) return *d;
  return text;
}

}  // namespace mainstay::cfn
