// IPv4 and IPv6 address blocks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mainstay::ec2 {

struct Cidr {
  unsigned __int128 address = 0;  // host bits zero
  int prefix = 0;
  bool v6 = false;

  int bits() const { return v6 ? 128 : 32; }
  bool contains(const Cidr& other) const;
  bool overlaps(const Cidr& other) const { return contains(other) || other.contains(*this); }
  unsigned __int128 size() const { return static_cast<unsigned __int128>(1) << (bits() - prefix); }
  std::string to_string() const;
};

// "10.0.0.0/16", "2600::/56". Host bits are cleared. nullopt for anything else.
std::optional<Cidr> parse_cidr(std::string_view text);
std::string format_ipv4(uint32_t address);

}  // namespace mainstay::ec2
