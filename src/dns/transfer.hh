// A whole zone from a server that lets us have it (AXFR, RFC 5936).
//
// Errors: "TransferFailed" with the server's answer: refused, not authoritative, no connection, cut
// short. Limits: master_records_max records; blocks for up to timeout_seconds between two answers.
#pragma once

#include <string>
#include <vector>

#include "base/error.hh"
#include "dns/master_file.hh"

namespace mainstay::dns {

struct NameServer {
  std::string address;  // IPv4 or IPv6
  uint16_t port = 53;

  std::string to_text() const;  // "192.0.2.1:53", "[2001:db8::1]:53"
  // "192.0.2.1", "192.0.2.1:5300", "[::1]:5300", "::1". Error "UsageInvalid".
  static Result<NameServer> parse(const std::string& text);
};

Result<std::vector<MasterRecord>> transfer_zone(const NameServer& server, const std::string& zone,
                                                int timeout_seconds);

}  // namespace mainstay::dns
