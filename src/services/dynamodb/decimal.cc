#include "services/dynamodb/decimal.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay::dynamodb {
namespace {

constexpr size_t digits_max = 38;
constexpr int exponent_max = 125, exponent_min = -130;
constexpr size_t text_max = 1024;

Error number_error(std::string message) {
  return aws_error("ValidationException", std::move(message));
}

// Takes zeros off both ends and checks the limits.
Result<Decimal> settled(Decimal d) {
  size_t first = d.digits.find_first_not_of('0');
  if (first == std::string::npos) return Decimal{};
  d.exponent -= static_cast<int>(first);
  d.digits = d.digits.substr(first, d.digits.find_last_not_of('0') - first + 1);
  if (d.digits.size() > digits_max)
    return number_error("Attempting to store more than 38 significant digits in a Number");
  if (d.exponent > exponent_max)
    return number_error(
        "Number overflow. Attempting to store a number with magnitude larger than supported range");
  if (d.exponent < exponent_min)
    return number_error(
        "Number underflow. Attempting to store a number with magnitude smaller than supported "
        "range");
  return d;
}

// The digit at a power of ten.
int digit_at(const Decimal& d, int power) {
  int index = d.exponent - power;
  bool inside = index >= 0 && index < static_cast<int>(d.digits.size());
  return inside ? d.digits[static_cast<size_t>(index)] - '0' : 0;
}

int lowest_power(const Decimal& d) {
  return d.exponent - static_cast<int>(d.digits.size()) + 1;
}

std::strong_ordering compare_magnitude(const Decimal& a, const Decimal& b) {
  if (a.digits.empty() || b.digits.empty()) return !a.digits.empty() <=> !b.digits.empty();
  if (a.exponent != b.exponent) return a.exponent <=> b.exponent;
  return a.digits <=> b.digits;
}

// |a| + |b|, or |a| - |b| where |a| >= |b|.
Decimal combine(const Decimal& a, const Decimal& b, int sign) {
  int low = std::min(lowest_power(a), lowest_power(b));
  int high = std::max(a.exponent, b.exponent) + 1;
  Decimal out{false, std::string(static_cast<size_t>(high - low + 1), '0'), high};
  int carry = 0;
  for (int power = low; power <= high; ++power) {
    int sum = digit_at(a, power) + sign * digit_at(b, power) + carry;
    carry = sum < 0 ? -1 : sum / 10;
    out.digits[static_cast<size_t>(high - power)] = static_cast<char>('0' + (sum + 10) % 10);
  }
  return out;
}

}  // namespace

Decimal Decimal::negated() const {
  return {!negative && !digits.empty(), digits, exponent};
}

Result<Decimal> parse_decimal(std::string_view text) {
  Error not_a_number = number_error("The parameter cannot be converted to a numeric value: " +
                                    std::string(text.substr(0, text_max)));
  std::string_view rest = text;
  Decimal d;
  if (text.size() > text_max) return not_a_number;
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) {
    d.negative = rest[0] == '-';
    rest.remove_prefix(1);
  }
  size_t e = rest.find_first_of("eE");
  std::string_view mantissa = rest.substr(0, e);
  int64_t exponent = 0;
  if (e != std::string_view::npos) {
    std::string_view written = rest.substr(e + 1);
    if (written.starts_with("+")) written.remove_prefix(1);
    auto parsed = parse_int(written);
    if (!parsed || *parsed > 100'000 || *parsed < -100'000) return not_a_number;
    exponent = *parsed;
  }
  size_t dot = mantissa.find('.');
  std::string_view whole = mantissa.substr(0, dot);
  std::string_view fraction = dot == std::string_view::npos ? "" : mantissa.substr(dot + 1);
  d.digits = std::string(whole) + std::string(fraction);
  if (d.digits.empty() || d.digits.find_first_not_of("0123456789") != std::string::npos)
    return not_a_number;
  d.exponent = static_cast<int>(exponent) + static_cast<int>(whole.size()) - 1;
  return settled(std::move(d));
}

std::string to_text(const Decimal& d) {
  if (d.digits.empty()) return "0";
  std::string out = d.negative ? "-" : "";
  int whole = d.exponent + 1;  // digits before the point
  int count = static_cast<int>(d.digits.size());
  if (whole <= 0) return out + "0." + std::string(static_cast<size_t>(-whole), '0') + d.digits;
  if (count <= whole) return out + d.digits + std::string(static_cast<size_t>(whole - count), '0');
  size_t at = static_cast<size_t>(whole);
  return out + d.digits.substr(0, at) + "." + d.digits.substr(at);
}

std::strong_ordering compare(const Decimal& a, const Decimal& b) {
  if (a.negative != b.negative) return b.negative <=> a.negative;
  return a.negative ? compare_magnitude(b, a) : compare_magnitude(a, b);
}

Result<Decimal> add(const Decimal& a, const Decimal& b) {
  if (a.digits.empty()) return b;
  if (b.digits.empty()) return a;
  bool a_first = compare_magnitude(a, b) >= 0;
  const Decimal &larger = a_first ? a : b, &smaller = a_first ? b : a;
  Decimal out = combine(larger, smaller, a.negative == b.negative ? 1 : -1);
  out.negative = larger.negative;
  return settled(std::move(out));
}

// Negative numbers: exponent and digits from their nines' complement, then 'f', so that of two
// beginnings the longer one, which is the smaller number, comes first.
std::string ordered_text(const Decimal& d) {
  constexpr int bias = 500, last = 999;
  if (d.digits.empty()) return "b";
  if (!d.negative) return "c" + std::to_string(d.exponent + bias) + d.digits;
  std::string out = "a" + std::to_string(last - (d.exponent + bias));
  for (char digit : d.digits) out += static_cast<char>('9' - (digit - '0'));
  return out + "f";
}

}  // namespace mainstay::dynamodb
