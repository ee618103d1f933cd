#include "proofs/value_samples.hh"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/time.hh"

namespace mainstay::policy::proofs {
namespace {

// The shortest text that reads as this number.
std::string number_text(double number) {
  std::array<char, 64> text;
  auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return std::string(text.data(), end);
}

// The operands themselves, one value between any two neighbours, one below and one above all.
// between(a, b) gives nothing where there is none.
template <class T, class Read, class Between, class Below, class Above>
std::vector<T> around(const std::vector<std::string>& operands, Read read, Between between,
                      Below below, Above above) {
  std::vector<T> marks;
  for (const std::string& operand : operands)
    if (auto mark = read(operand)) marks.push_back(*mark);
  std::sort(marks.begin(), marks.end());
  marks.erase(std::unique(marks.begin(), marks.end()), marks.end());
  if (marks.empty()) return {};
  std::vector<T> out = marks;
  for (size_t i = 0; i + 1 < marks.size(); ++i)
    if (auto middle = between(marks[i], marks[i + 1])) out.push_back(*middle);
  out.push_back(below(marks.front()));
  out.push_back(above(marks.back()));
  return out;
}

std::vector<std::string> sample_numbers(const std::vector<std::string>& operands) {
  auto between = [](double a, double b) -> std::optional<double> {
    double next = std::floor(a) + 1;
    if (next > a && next < b) return next;
    double middle = a + (b - a) / 2;
    if (middle > a && middle < b) return middle;
    return {};
  };
  std::vector<std::string> out;
  for (double number : around<double>(
           operands, parse_number, between,
           [](double first) { return std::min(first - 1, std::nextafter(first, -HUGE_VAL)); },
           [](double last) { return std::max(last + 1, std::nextafter(last, HUGE_VAL)); }))
    if (std::isfinite(number)) out.push_back(number_text(number));
  return out;
}

std::vector<std::string> sample_dates(const std::vector<std::string>& operands) {
  static constexpr int64_t second = 1000, day = 86'400 * second;
  auto between = [](Time a, Time b) -> std::optional<Time> {
    int64_t apart = b - a;
    if (apart < 2) return {};
    return a + (apart > second ? std::min(apart / 2, day) / second * second : apart / 2);
  };
  std::vector<std::string> out;
  for (Time time : around<Time>(
           operands, parse_date, between, [](Time first) { return first + -day; },
           [](Time last) { return last + day; }))
    if (std::string text = format_iso8601_short(time); parse_date(text) == time)
      out.push_back(std::move(text));
  return out;
}

bool bit_of(const Network& network, int at) {
  return network.address[static_cast<size_t>(at / 8)] >> (7 - at % 8) & 1;
}

void set_bit(Network& network, int at) {
  network.address[static_cast<size_t>(at / 8)] |= static_cast<uint8_t>(1u << (7 - at % 8));
}

// The first address of `whole` that is in none of `parts`, which are all within it.
std::optional<Network> first_outside(Network whole, std::vector<const Network*> parts) {
  int width = whole.v6 ? 128 : 32;
  for (; !parts.empty(); ++whole.bits) {
    if (whole.bits == width) return {};
    for (const Network* part : parts)
      if (part->bits <= whole.bits) return {};
    std::vector<const Network*> lower, upper;
    for (const Network* part : parts) (bit_of(*part, whole.bits) ? upper : lower).push_back(part);
    Network half = whole;
    ++half.bits;
    if (auto found = first_outside(half, std::move(lower))) return found;
    set_bit(whole, whole.bits);
    parts = std::move(upper);
  }
  whole.bits = width;
  return whole;
}

std::string address_text(const Network& network) {
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(network.v6 ? AF_INET6 : AF_INET, network.address.data(), text, sizeof text);
  return text;
}

std::vector<std::string> sample_addresses(const std::vector<std::string>& operands) {
  std::vector<Network> networks(2);
  networks[1].v6 = true;
  for (const std::string& operand : operands)
    if (auto network = Network::parse(operand)) networks.push_back(*network);
  for (Network& network : networks)  // the bits after the prefix don't count
    for (int at = network.bits; at < (network.v6 ? 128 : 32); ++at)
      network.address[static_cast<size_t>(at / 8)] &= static_cast<uint8_t>(~(1u << (7 - at % 8)));
  std::vector<std::string> out;
  for (const Network& whole : networks) {
    std::vector<const Network*> parts;
    for (const Network& part : networks)
      if (whole.contains(part) && part.bits > whole.bits) parts.push_back(&part);
    if (auto found = first_outside(whole, std::move(parts))) out.push_back(address_text(*found));
  }
  return out;
}

}  // namespace

std::vector<std::string> sample_values(Operand type, const std::vector<std::string>& operands) {
  switch (type) {
    case Operand::number:
      return sample_numbers(operands);
    case Operand::date:
      return sample_dates(operands);
    case Operand::network:
      return sample_addresses(operands);
    case Operand::boolean:
      return {"true", "false"};
    default:
      return {};
  }
}

}  // namespace mainstay::policy::proofs
