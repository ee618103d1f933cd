// Targets of schedules: those with a template (queues, topics, functions, event buses) and
// universal ones, arn:aws:scheduler:::aws-sdk:SERVICE:OPERATION, which are any service's operation.
#pragma once

#include <string>

#include "cloud/outbox.hh"
#include "services/scheduler/schedule.hh"

namespace mainstay::scheduler {

// Error ValidationException, or NotImplemented for kinds of targets that are not here.
Status check_target(const Value& target);
// The call that it means, with what it is given as text. Errors: a text that does not fit.
Result<cloud::Delivery> delivery_of(Call& call, const Value& target, const std::string& input);

}  // namespace mainstay::scheduler
