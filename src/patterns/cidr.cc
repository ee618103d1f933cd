#include "patterns/cidr.hh"

#include <arpa/inet.h>

#include "base/text.hh"

namespace mainstay::patterns {

std::optional<Address> Address::parse(std::string_view text) {
  constexpr size_t text_max = 45;
  if (text.size() > text_max) return std::nullopt;
  std::string copy(text);
  Address out;
  out.is_v6 = text.find(':') != std::string_view::npos;
  if (inet_pton(out.is_v6 ? AF_INET6 : AF_INET, copy.c_str(), out.bytes.data()) != 1)
    return std::nullopt;
  return out;
}

Result<Network> Network::parse(std::string_view text) {
  auto parts = split(text, "/");
  if (parts.size() != 2) return Error("PatternInvalid", "Malformed CIDR, one '/' required");
  auto address = Address::parse(parts[0]);
  if (!address) return Error("PatternInvalid", "Nonstandard IP address: " + printable(parts[0]));
  auto bits = parse_int(parts[1]);
  if (!bits) return Error("PatternInvalid", "Malformed CIDR, mask bits must be an integer");
  if (*bits < 0 || *bits > (address->is_v6 ? 128 : 32))
    return Error("PatternInvalid", "Malformed CIDR, mask bits out of range");
  return Network{*address, static_cast<unsigned>(*bits)};
}

bool Network::contains(const Address& address) const {
  if (address.is_v6 != base.is_v6) return false;
  for (unsigned bit = 0; bit < bits; ++bit) {
    auto mask = static_cast<uint8_t>(0x80U >> (bit % 8));
    if ((address.bytes[bit / 8] & mask) != (base.bytes[bit / 8] & mask)) return false;
  }
  return true;
}

}  // namespace mainstay::patterns
