#include "services/sns/address.hh"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/text.hh"

namespace mainstay::sns {
namespace {

using Octets = std::vector<unsigned char>;

Octets bytes_of(const std::string& address) {
  std::array<unsigned char, 16> bytes{};
  if (inet_pton(AF_INET, address.c_str(), bytes.data()) == 1)
    return {bytes.begin(), bytes.begin() + 4};
  if (inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) return {bytes.begin(), bytes.end()};
  return {};
}

}  // namespace

std::string explain_bad_cidr(const std::string& block) {
  auto parts = split(block, "/");
  if (parts.size() != 2) return "Malformed CIDR, one '/' required";
  auto bits = parse_int(parts[1]);
  if (!bits) return "Malformed CIDR, mask bits must be an integer";
  Octets bytes = bytes_of(parts[0]);
  if (bytes.empty()) return "Nonstandard IP address: " + parts[0];
  if (*bits < 0 || *bits > static_cast<int64_t>(bytes.size() * 8))
    return "Malformed CIDR, mask bits must be < " + std::to_string(bytes.size() * 8);
  return "";
}

bool is_in_cidr(const std::string& address, const std::string& block) {
  auto parts = split(block, "/");
  Octets one = bytes_of(address), other = bytes_of(parts[0]);
  if (one.empty() || one.size() != other.size()) return false;
  size_t bits = static_cast<size_t>(parse_int(parts[1]).value_or(0));
  for (size_t at = 0; at < bits; ++at) {
    auto bit = [&](const Octets& b) { return b[at / 8] >> (7 - at % 8) & 1; };
    if (bit(one) != bit(other)) return false;
  }
  return true;
}

}  // namespace mainstay::sns
