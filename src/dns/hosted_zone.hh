// Hosted zones through Route 53's API: found, read, changed and waited for.
//
// Errors: "DnsZoneAmbiguous" (several have the name), "DnsZoneMissing", "WaitTimeout" (a change is
// not yet at all servers), those of AWS. Threads: one at a time; calls block.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "aws/client.hh"
#include "dns/zone_plan.hh"
#include "host/clock.hh"

namespace mainstay::dns {

class HostedZones {
 public:
  HostedZones(std::shared_ptr<aws::Client> client, std::shared_ptr<Clock> clock)
      : client_(std::move(client)), clock_(std::move(clock)) {}

  // The id of the entry's zone: by its id, or the public zone of its name. "" where there is none.
  Result<std::string> find(const ZoneEntry& entry);
  Result<std::string> create(const ZoneEntry& entry, const std::string& caller_reference);
  // Every record set, sorted by key.
  Result<std::vector<LiveSet>> record_sets(const std::string& zone_id);
  // Names of the servers that Route 53 gave the zone, normal.
  Result<std::set<std::string>> name_servers(const std::string& zone_id);
  // In one request; the change's id.
  Result<std::string> change(const std::string& zone_id, const std::vector<RecordChange>& changes,
                             const std::vector<size_t>& batch);
  // Until all of Route 53's servers have it (INSYNC).
  Status wait(const std::string& change_id, int64_t timeout_ms);

 private:
  std::shared_ptr<aws::Client> client_;
  std::shared_ptr<Clock> clock_;
};

}  // namespace mainstay::dns
