#include "services/ec2/cidr.hh"

#include <arpa/inet.h>

#include <cstring>

#include "base/text.hh"

namespace mainstay::ec2 {

using Wide = unsigned __int128;

bool Cidr::contains(const Cidr& other) const {
  if (v6 != other.v6 || prefix > other.prefix) return false;
  int shift = bits() - prefix;
  return shift >= 128 || address >> shift == other.address >> shift;
}

std::string format_ipv4(uint32_t address) {
  return std::to_string(address >> 24) + "." + std::to_string(address >> 16 & 255) + "." +
         std::to_string(address >> 8 & 255) + "." + std::to_string(address & 255);
}

std::string Cidr::to_string() const {
  std::string suffix = "/" + std::to_string(prefix);
  if (!v6) return format_ipv4(static_cast<uint32_t>(address)) + suffix;
  unsigned char raw[16];
  for (int i = 0; i < 16; ++i) raw[i] = static_cast<unsigned char>(address >> (120 - 8 * i));
  char text[INET6_ADDRSTRLEN];
  ::inet_ntop(AF_INET6, raw, text, sizeof text);
  return text + suffix;
}

std::optional<Cidr> parse_cidr(std::string_view text) {
  size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash > 45) return std::nullopt;
  auto prefix = parse_int(text.substr(slash + 1));
  std::string host(text.substr(0, slash));
  Cidr c;
  c.v6 = host.find(':') != std::string::npos;
  unsigned char raw[16] = {};
  if (::inet_pton(c.v6 ? AF_INET6 : AF_INET, host.c_str(), raw) != 1) return std::nullopt;
  if (!prefix || *prefix < 0 || *prefix > c.bits()) return std::nullopt;
  c.prefix = static_cast<int>(*prefix);
  for (int i = 0; i < c.bits() / 8; ++i) c.address = c.address << 8 | raw[i];
  int shift = c.bits() - c.prefix;
  c.address = shift >= 128 ? 0 : c.address >> shift << shift;
  return c;
}

}  // namespace mainstay::ec2
