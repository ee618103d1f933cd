// A zone's file written: parse_zone_file reads it back to the same record sets. Pure.
#pragma once

#include <string>
#include <vector>

#include "dns/record_set.hh"

namespace mainstay::dns {

// zone_id: aliases into it are of this zone. sets: sorted by key.
std::string zone_file_text(const std::vector<RecordSet>& sets, const std::string& zone,
                           const std::string& zone_id);

}  // namespace mainstay::dns
