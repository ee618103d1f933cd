// A zone's file: octoDNS's YAML (names relative to the zone, '' or '@' the zone itself; under each
// a record or a list of them with type, ttl, value or values) with what Route 53 can do beside:
//
//   www:
//     - {type: A, ttl: 60, set: blue, weight: 10, value: 192.0.2.1, health_check: ID}
//     - {type: A, ttl: 60, set: green, weight: 0, value: 192.0.2.2}
//   '': {type: A, alias: {zone: Z35SXDOTRQ7X7K, name: lb.example.net., evaluate_health: true}}
//
// A value is a text as in master files, or a map of its fields as octoDNS has it. An alias without
// a zone is one in this zone. Errors: "DnsZoneInvalid", with file, line and column: what can't be
// read, is there twice, or that Route 53 would refuse (a CNAME beside other data, mixed routing).
#pragma once

#include <string>
#include <vector>

#include "base/error.hh"
#include "dns/record_set.hh"
#include "dns/zone_config.hh"

namespace mainstay::dns {

// Stands for the id of the zone itself in aliases, until it is known.
inline constexpr const char* own_zone = "self";

// Sorted by key, each once.
Result<std::vector<RecordSet>> parse_zone_file(std::string_view text, const ZoneEntry& entry);

// What no zone can hold, whoever wrote it; sets sorted by key.
Status check_zone(const std::vector<RecordSet>& sets, const std::string& zone);

}  // namespace mainstay::dns
