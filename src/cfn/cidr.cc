// Fn::Cidr's arithmetic, for IPv4 and IPv6 alike: an address is 16 bytes, the first bit first.
#include <arpa/inet.h>

#include <array>
#include <cstring>

#include "base/text.hh"
#include "cfn/intrinsics.hh"

namespace mainstay::cfn {
namespace {

constexpr int64_t count_limit = 256;  // "Valid values range from 1 to 256" (Fn::Cidr's page)

struct Network {
  int family = AF_INET;
  std::array<unsigned char, 16> address{};
  int64_t width = 32;   // bits of an address
  int64_t prefix = 32;  // bits of the network
};

Result<Network> parse_network(const std::string& block) {
  Error invalid = template_error("Template error: Fn::Cidr: " + printable(block) +
                                 " is not a valid CIDR block");
  size_t slash = block.find('/');
  if (slash == std::string::npos) return invalid;
  Network n;
  std::string address = block.substr(0, slash);
  if (address.contains(':')) {
    n.family = AF_INET6;
    n.width = 128;
  }
  auto prefix = parse_int(block.substr(slash + 1));
  if (inet_pton(n.family, address.c_str(), n.address.data()) != 1 || !prefix || *prefix < 0 ||
      *prefix > n.width)
    return invalid;
  n.prefix = *prefix;
  for (int64_t bit = n.prefix; bit < n.width; ++bit)
    n.address[static_cast<size_t>(bit / 8)] &= static_cast<unsigned char>(~(0x80 >> (bit % 8)));
  return n;
}

// Adds 2^bits to the address.
void advance(Network& n, int64_t bits) {
  int64_t bit = n.width - 1 - bits;
  unsigned carry = bit >= 0 ? 0x80u >> (bit % 8) : 0;
  for (int64_t i = bit / 8; i >= 0 && carry != 0; --i) {
    auto& byte = n.address[static_cast<size_t>(i)];
    unsigned sum = byte + carry;
    byte = static_cast<unsigned char>(sum);
    carry = sum >> 8;
  }
}

int64_t bits_for(int64_t count) {
  int64_t bits = 0;
  while ((int64_t{1} << bits) < count) ++bits;
  return bits;
}

}  // namespace

Result<List> divide_network(const std::string& block, int64_t count, int64_t bits) {
  TRY(Network n, parse_network(block));
  if (count < 1 || count > count_limit)
    return template_error("Template error: Fn::Cidr: the count must be between 1 and 256");
  int64_t room = n.width - n.prefix;
  if (bits == -1) bits = room - bits_for(count);
  if (bits < (n.family == AF_INET ? 1 : 0) || bits + bits_for(count) > room)
    return template_error("Template error: Fn::Cidr: " + std::to_string(count) + " networks of " +
                          std::to_string(bits) + " bits do not fit into " + block);
  List out;
  for (int64_t i = 0; i < count; ++i) {
    char text[INET6_ADDRSTRLEN] = {};
    inet_ntop(n.family, n.address.data(), text, sizeof text);
    out.emplace_back(std::string(text) + "/" + std::to_string(n.width - bits));
    advance(n, bits);
  }
  return out;
}

}  // namespace mainstay::cfn
