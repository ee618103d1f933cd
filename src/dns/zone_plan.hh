// What must change in a hosted zone so that it holds what a file says, and whether that is meant.
//
// Left alone always: SOA and NS of the zone itself where the file has none, and record sets of
// traffic policies. Where foreign records stay, values count: a set that both have keeps the values
// of both. Pure.
//
// Errors: "DnsZoneShrinks" (more than a third of the records would go), "ApexChanges" (SOA or NS of
// the zone itself), "ForeignRecord" (a wanted record and a foreign one can't both be),
// "DnsZoneInvalid".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.hh"
#include "dns/record_set.hh"
#include "dns/zone_config.hh"

namespace mainstay::dns {

// A record set as it is at Route 53, and in the words in which it must be deleted.
struct LiveSet {
  RecordSet set;
  Value stored;
};

struct RecordChange {
  enum class Kind : uint8_t { create, update, remove } kind = Kind::create;
  std::optional<LiveSet> before;
  std::optional<RecordSet> after;

  const RecordKey& key() const { return after ? after->key : before->set.key; }
  // A Change of the API's batch.
  Value to_value() const;
};

struct PlanConsent {
  bool shrinking = false;  // --allow-deletions
  bool apex = false;       // --allow-apex
};

struct ZonePlan {
  std::string zone;     // its name
  std::string zone_id;  // "" where it has to be made first
  std::vector<RecordChange> changes;
  size_t sets_after = 0;    // record sets in the zone once applied
  size_t foreign_sets = 0;  // that stay though the file hasn't them

  bool empty() const { return changes.empty() && !zone_id.empty(); }
};

// wanted, live: sorted by key.
Result<ZonePlan> plan_zone(const ZoneEntry& entry, const std::string& zone_id,
                           std::vector<RecordSet> wanted, const std::vector<LiveSet>& live,
                           const PlanConsent& consent);

}  // namespace mainstay::dns
