// Absolute URLs of http and https, in parts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hh"

namespace mainstay::http {

struct Url {
  std::string scheme;  // "http" or "https"
  std::string host;    // IPv6 addresses in brackets
  uint16_t port = 0;
  std::string path;   // as written, "" or "/..."
  std::string query;  // as written, without '?'

  bool port_is_default() const { return port == (scheme == "https" ? 443 : 80); }
  // "host" or "host:port", as the Host header has it.
  std::string authority() const;
  std::string to_string() const;
};

// Error "UrlInvalid" says what is missing. User names and passwords are refused.
Result<Url> parse_url(std::string_view text);

}  // namespace mainstay::http
