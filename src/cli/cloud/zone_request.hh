// What is asked about an account's zones, of a served cloud or of a state that is opened here.
#pragma once

#include "base/error.hh"
#include "base/value.hh"
#include "cloud/cloud.hh"

namespace mainstay::cli {

// in: {region, account; change, zone}. Without a change it only lists. account: "" for the default
// one; change: a word of ec2::parse_zone_change. Gives {region, account, zones: as
// ec2::list_zones, answered: what Fn::GetAZs answers}. Errors: those of ec2/zones.hh.
Result<Value> answer_zones(cloud::Cloud& cloud, const Value& in);

}  // namespace mainstay::cli
