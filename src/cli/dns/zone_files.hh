// The configuration of zones and their files, read as a whole.
#pragma once

#include <string>
#include <vector>

#include "cli/dns/dns_run.hh"
#include "dns/record_set.hh"
#include "dns/zone_config.hh"

namespace mainstay::cli {

struct WantedZone {
  dns::ZoneEntry entry;
  std::vector<dns::RecordSet> sets;  // sorted by key
};

// Every zone that is asked for (all, where only is empty), with its file read: before anything is
// done about any of them. Error "UsageInvalid" for a zone that the configuration lacks.
Result<std::vector<WantedZone>> read_zones(DnsRun& run, const std::string& config,
                                           const std::vector<std::string>& only);

}  // namespace mainstay::cli
