// A planned zone made true: requests in order, waited for, and read back.
//
// Errors: "DnsZoneDiffers" (after all of it the zone still isn't as planned), with what was applied
// before a failure in the context; those of HostedZones and plan_zone.
#pragma once

#include <functional>
#include <string>

#include "dns/hosted_zone.hh"
#include "dns/zone_plan.hh"

namespace mainstay::dns {

struct ApplyOptions {
  int64_t timeout_ms = 0;                       // of the wait for INSYNC
  std::string caller_reference;                 // of a zone that has to be made
  std::function<void(const std::string&)> say;  // what goes on
};

struct Applied {
  size_t changes = 0, requests = 0;
  size_t sets = 0;  // in the zone, as read back
};

// wanted: what the plan was made of.
Result<Applied> apply_zone(HostedZones& zones, const ZoneEntry& entry,
                           const std::vector<RecordSet>& wanted, const PlanConsent& consent,
                           const ApplyOptions& options);

}  // namespace mainstay::dns
