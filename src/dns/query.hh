// One question to one name server, without recursion: over UDP, and over TCP where the answer was
// cut. An answer whose id or question is another is none.
//
// Errors: "ServerSilent" (no answer in time, or none that can be read). Blocks.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/error.hh"
#include "dns/master_file.hh"
#include "dns/name_server.hh"

namespace mainstay::dns {

struct Answer {
  std::string rcode;           // "NOERROR", "NXDOMAIN"
  bool authoritative = false;  // AA
  // Without places. The data of a DNSKEY is "KEYTAG ALGORITHM".
  std::vector<MasterRecord> answer, authority;
};

// name: normal. type: "A".
using Ask = std::function<Result<Answer>(const NameServer& server, const std::string& name,
                                         const std::string& type)>;

Ask ask_over_network(int timeout_seconds);

}  // namespace mainstay::dns
