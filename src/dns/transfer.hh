// A whole zone from a server that lets us have it (AXFR, RFC 5936).
//
// Errors: "TransferFailed" with the server's answer: refused, not authoritative, no connection, cut
// short. Limits: master_records_max records; blocks for up to timeout_seconds between two answers.
#pragma once

#include <string>
#include <vector>

#include "base/error.hh"
#include "dns/master_file.hh"
#include "dns/name_server.hh"

namespace mainstay::dns {

Result<std::vector<MasterRecord>> transfer_zone(const NameServer& server, const std::string& zone,
                                                int timeout_seconds);

}  // namespace mainstay::dns
