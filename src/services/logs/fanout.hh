// What new events set off: the group's subscription filters send them to functions, its metric
// filters make numbers of them. Both go through the outbox.
#pragma once

#include "services/logs/group.hh"

namespace mainstay::logs {

// events: as PutLogEvents has them; number: of the event before the first one, in its stream.
void fan_out(Call& call, const Value& group, const Value& stream, const List& events,
             int64_t number);

}  // namespace mainstay::logs
