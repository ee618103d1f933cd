// Where a name server is.
#pragma once

#include <string>

#include "base/error.hh"

namespace mainstay::dns {

struct NameServer {
  std::string address;  // IPv4 or IPv6
  uint16_t port = 53;

  std::string to_text() const;  // "192.0.2.1:53", "[2001:db8::1]:53"
  // "192.0.2.1", "192.0.2.1:5300", "[::1]:5300", "::1". Error "UsageInvalid".
  static Result<NameServer> parse(const std::string& text);
};

}  // namespace mainstay::dns
