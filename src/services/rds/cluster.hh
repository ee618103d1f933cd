// DB clusters (Aurora's and Multi-AZ ones) as state: nothing runs behind one.
#pragma once

#include "services/rds/engine.hh"
#include "services/rds/kinds.hh"

namespace mainstay::rds {

// A new instance as a member of the cluster that its request names.
Status join_cluster(Call& call, const Value& in, const EngineVersion& version, Value& instance);
void leave_cluster(Call& call, const Value& instance);

}  // namespace mainstay::rds
