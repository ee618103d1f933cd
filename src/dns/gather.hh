// Record sets made of single records, as master files and zone transfers have them.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/error.hh"
#include "dns/master_file.hh"
#include "dns/record_set.hh"

namespace mainstay::dns {

struct GatherOptions {
  std::string zone;            // normal
  bool with_apex = false;      // SOA and NS of the zone itself, too
  std::set<std::string> skip;  // types that may be left out
};

struct Gathered {
  std::vector<RecordSet> sets;                       // sorted by key
  std::vector<std::pair<std::string, size_t>> left;  // what was left out, and how many of it
};

// Left out: SOA and NS of the zone itself, and what signing makes (RRSIG, NSEC, DNSKEY, ...), which
// no other host can use. A set takes its lowest TTL (RFC 2181, 5.2 wants one). Doubled records
// count once. Error "DnsZoneInvalid" for a type that Route 53 does not have and for what check_zone
// refuses, with the place.
Result<Gathered> gather(const std::vector<MasterRecord>& records, const GatherOptions& options);

}  // namespace mainstay::dns
