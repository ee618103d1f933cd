// The operations, by the file that holds them.
#pragma once

#include "services/scheduler/schedule.hh"

namespace mainstay::cloud {
class Authorization;
}

namespace mainstay::scheduler {

#define SCHEDULER_HANDLER(name) Result<Value> name(Call& call, const Value& in)

// schedule_api.cc
SCHEDULER_HANDLER(create_schedule);
SCHEDULER_HANDLER(get_schedule);
SCHEDULER_HANDLER(update_schedule);
SCHEDULER_HANDLER(delete_schedule);
SCHEDULER_HANDLER(list_schedules);
// group_api.cc
SCHEDULER_HANDLER(create_group);
SCHEDULER_HANDLER(get_group);
SCHEDULER_HANDLER(delete_group);
SCHEDULER_HANDLER(list_groups);
SCHEDULER_HANDLER(tag_resource);
SCHEDULER_HANDLER(untag_resource);
SCHEDULER_HANDLER(list_tags);

#undef SCHEDULER_HANDLER

// Reactions, in invoke.cc.
Status fire(Call& call, const Value& argument);
Status try_again(Call& call, const Value& note);
Status target_answered(Call& call, const Value& how);

// guard.cc: see cloud::Service
Status guard(Call& call, const Value& in, cloud::Authorization& authorization);

}  // namespace mainstay::scheduler
