// What instances, clusters and snapshots become by themselves: a status has a time after which the
// work that it stands for is done and the next one comes (reaction "step"). How long that takes AWS
// is of the cloud's clock; it publishes no times, so these are of the order that users report.
#pragma once

#include "services/rds/kinds.hh"

namespace mainstay::rds {

// Puts the document with this status, and asks for its end.
void begin(Call& call, const Kind& kind, Value& document, std::string_view status);
Status step(cloud::Cloud& cloud, const cloud::Place& place, const Value& argument);
// At the start: servers of instances that are there run again.
Status resume(cloud::Cloud& cloud, const cloud::Place& place, const Value& argument);

// Changes that wait for the maintenance window, or are asked for at once (modify.cc).
Status apply_pending(Call& call, Value& instance);
Status maintain(Call& call, const Value& argument);  // a reaction

constexpr std::string_view status_member(const Kind& kind) {
  return kind.arn_type == "db" ? "DBInstanceStatus" : "Status";
}

}  // namespace mainstay::rds
