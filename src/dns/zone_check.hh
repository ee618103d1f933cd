// What name servers answer of a zone, beside what its file says: record by record, server by
// server.
//
// Sets that are chosen among (weighted, by region ...) are compared by membership: the answer must
// be one of theirs. An alias into the zone is compared with its target; of one that leads out of it
// only that something is answered can be told, which is counted as not compared. Names below a
// delegation are not the servers' to answer, and counted too.
#pragma once

#include <string>
#include <vector>

#include "dns/query.hh"
#include "dns/record_set.hh"

namespace mainstay::dns {

struct Finding {
  std::string server;  // "" where it is about all
  std::string record;  // "www.example.com. A"
  std::string what;
};

struct ZoneCheck {
  std::vector<Finding> findings;
  size_t compared = 0;      // answers that were compared in full
  size_t not_compared = 0;  // record sets that could not be, for each server
};

// sets: sorted by key. random_label: of a name that nobody has made.
ZoneCheck check_answers(const std::string& zone, const std::vector<RecordSet>& sets,
                        const std::vector<NameServer>& servers, const std::string& random_label,
                        const Ask& ask);

// The delegation at a server of the parent zone: NS there and here, and whether a DS has its key.
ZoneCheck check_delegation(const std::string& zone, const NameServer& parent,
                           const std::vector<NameServer>& servers, const Ask& ask);

}  // namespace mainstay::dns
