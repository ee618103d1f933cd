// What tasks become: each status is a row with a time, a job on containers and the next status
// (reaction "step"), and containers that end by themselves are noticed (reaction "watch").
#pragma once

#include <string>

#include "services/ecs/kinds.hh"

namespace mainstay::ecs {

// A task with its first status, which goes on by itself from there.
void begin(Call& call, Value& task);

struct StopReason {
  std::string code, text;  // "EssentialContainerExited", "Essential container in task exited"
};
// No effect where it stops already.
void stop(Call& call, Value& task, const StopReason& why);

Status step(cloud::Cloud& cloud, const cloud::Place& place, const Value& argument);
Status watch(cloud::Cloud& cloud, const cloud::Place& place, const Value& argument);
// A stopped task is shown for an hour.
Status forget(Call& call, const Value& argument);

}  // namespace mainstay::ecs
