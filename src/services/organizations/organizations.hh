// AWS Organizations: accounts in a tree of units under one management account, and the service and
// resource control policies on each level. Sources: the Organizations API reference and user guide;
// messages as AWS answers them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cloud/service.hh"
#include "cloud/standing.hh"

namespace mainstay::organizations {

cloud::Service make_service();

// The one shard that holds every organization.
inline const store::ShardKey shard_key{"organizations", "", ""};

using cloud::ControlLevel, cloud::Standing;

// Reads a handful of documents; `unit` is of shard_key, reading or writing. Pure.
Standing standing_of(const store::Unit& unit, std::string_view account);

// Changes whenever standing_of() may answer something else for this account, "" in no organization:
// what is made from a Standing may be kept under it. Reads two documents.
std::string standing_revision(const store::Unit& unit, std::string_view account);

}  // namespace mainstay::organizations
