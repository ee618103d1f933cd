// Snapshots of instances. One of a real database has its data in a folder of its own.
//
// While one is made, its source is "backing-up": its server stands still for a moment.
#pragma once

#include "services/rds/kinds.hh"

namespace mainstay::rds {

struct SnapshotPlan {
  std::string_view type = "manual";
  std::string_view then = "available";  // what the source becomes after
};
// in: DBSnapshotIdentifier, Tags. The instance's document is changed and put.
Status take_snapshot(Call& call, Value& instance, const Value& in, const SnapshotPlan& plan = {});
Status take_automated_snapshot(Call& call, Value& instance);
void forget_automated_snapshots(Call& call, const Value& instance, bool all);
// With its data. Part of a change: the folder goes once that is kept.
void remove_snapshot(Call& call, const Value& snapshot);

}  // namespace mainstay::rds
