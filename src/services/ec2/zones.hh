// An account's zones in a region, seen and changed from outside of the API, as AWS itself changes
// them: `mainstay cloud zones`. What Fn::GetAZs answers follows from them (CloudFormation template
// reference, "Fn::GetAZs").
//
// Threads: any. Errors: "ZoneInvalid", "ZoneExists", "ZoneMissing", "ZoneInUse", "RegionInvalid";
// those of CreateDefaultSubnet.
#pragma once

#include <string>

#include "cloud/cloud.hh"

namespace mainstay::ec2 {

struct ZonePlace {
  std::string account, region;
};

// A list of {ZoneName, ZoneId, Subnets: how many, DefaultSubnet: its id or ""}, by name.
Result<Value> list_zones(cloud::Cloud& cloud, const ZonePlace& place);

enum class ZoneChange : uint8_t {
  add,           // without a default subnet
  remove,        // with its default subnet; refused while anything else is in it
  give_default,  // a default subnet, by CreateDefaultSubnet
  take_default   // by DeleteSubnet, so refused while anything is in it
};
// Nothing for a word that is none: "add", "remove", "default", "no-default".
std::optional<ZoneChange> parse_zone_change(std::string_view word);
// zone: its name, "us-east-1f".
Status change_zone(cloud::Cloud& cloud, const ZonePlace& place, ZoneChange change,
                   const std::string& zone);

}  // namespace mainstay::ec2
