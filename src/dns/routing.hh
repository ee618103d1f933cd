// Which of several record sets answers, as a zone's file has it: a table of keys and the members of
// Route 53's API that they stand for.
#pragma once

#include <string>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"
#include "dns/record_set.hh"

namespace mainstay::dns {

// "set", "weight", "region", "failover", "geolocation", "geoproximity", "multivalue", "cidr",
// "health_check"
const std::vector<std::string>& routing_keys();

// From a record of a file into set (routing, health check). Error "DnsZoneInvalid" without a place.
Status read_routing(const Value& record, RecordSet& set);
// The way back: the keys of a record of a file.
Value routing_to_file(const RecordSet& set);

}  // namespace mainstay::dns
