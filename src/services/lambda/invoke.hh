// Events for functions: at once (Invoke), queued (asynchronous), or polled for (event sources).
#pragma once

#include "services/lambda/runner.hh"

namespace mainstay::lambda {

Result<Value> invoke(Call& call, const Value& in);
Result<Value> invoke_with_stream(Call& call, const Value& in);
bool is_event(const Value& in);
// Where an event goes: aliases may have two versions.
Result<Target> target_of_event(Call& call, const FunctionName& named);

// Asynchronous invocation ("Invoking a Lambda function asynchronously"): the event is kept, run,
// tried again, and at last given up, to where the function's configuration says.
//
// Table "event", by id (which is the request's): Function, Qualifier, Payload, Tries, Queued.
void queue_event(Call& call, const FunctionName& named, const std::string& payload,
                 const std::string& id);
Status run_event(Call& call, const Value& argument);  // a reaction: {"Id": ...}
// Those that a killed process has left running run again.
void take_up_events(cloud::Cloud& cloud);

}  // namespace mainstay::lambda
