// Networks as patterns name them: "10.0.0.0/24", "2001:db8::/32". Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hh"

namespace mainstay::patterns {

struct Address {
  std::array<uint8_t, 16> bytes{};
  bool is_v6 = false;
  // Nothing where the text is none.
  static std::optional<Address> parse(std::string_view text);
};

struct Network {
  Address base;
  unsigned bits = 0;
  // Error "PatternInvalid", in Event Ruler's words.
  static Result<Network> parse(std::string_view text);
  bool contains(const Address& address) const;
};

}  // namespace mainstay::patterns
