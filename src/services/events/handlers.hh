// The operations, by the file that holds them.
#pragma once

#include "services/events/bus.hh"

namespace mainstay::cloud {
class Authorization;
}

namespace mainstay::events {

#define EVENTS_HANDLER(name) Result<Value> name(Call& call, const Value& in)

// bus.cc
EVENTS_HANDLER(create_event_bus);
EVENTS_HANDLER(describe_event_bus);
EVENTS_HANDLER(update_event_bus);
EVENTS_HANDLER(delete_event_bus);
EVENTS_HANDLER(list_event_buses);
// permission.cc
EVENTS_HANDLER(put_permission);
EVENTS_HANDLER(remove_permission);
// rule.cc
EVENTS_HANDLER(put_rule);
EVENTS_HANDLER(describe_rule);
EVENTS_HANDLER(delete_rule);
EVENTS_HANDLER(enable_rule);
EVENTS_HANDLER(disable_rule);
EVENTS_HANDLER(list_rules);
// target.cc
EVENTS_HANDLER(put_targets);
EVENTS_HANDLER(remove_targets);
EVENTS_HANDLER(list_targets_by_rule);
EVENTS_HANDLER(list_rule_names_by_target);
// put_events.cc
EVENTS_HANDLER(put_events);
EVENTS_HANDLER(test_event_pattern);
// archive.cc
EVENTS_HANDLER(create_archive);
EVENTS_HANDLER(describe_archive);
EVENTS_HANDLER(update_archive);
EVENTS_HANDLER(delete_archive);
EVENTS_HANDLER(list_archives);
// replay.cc
EVENTS_HANDLER(start_replay);
EVENTS_HANDLER(describe_replay);
EVENTS_HANDLER(cancel_replay);
EVENTS_HANDLER(list_replays);
// tag.cc
EVENTS_HANDLER(tag_resource);
EVENTS_HANDLER(untag_resource);
EVENTS_HANDLER(list_tags);

#undef EVENTS_HANDLER

// Reactions.
Status fire_schedule(Call& call, const Value& argument);  // schedule.cc
Status target_answered(Call& call, const Value& how);     // delivery.cc
Status deliver_again(Call& call, const Value& argument);  // delivery.cc
Status go_on_with_replay(Call& call, const Value& name);  // replay.cc

// guard.cc: see cloud::Service
Status guard(Call& call, const Value& in, cloud::Authorization& authorization);

}  // namespace mainstay::events
