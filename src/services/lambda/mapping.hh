// Event source mappings: what is polled for events, and which function gets them.
//
// Table "mapping", by UUID: Function, Qualifier, Config (the EventSourceMappingConfiguration shape
// as far as it is given), Enabled, Generation (one more with each change, so that pollers of before
// end), Changed, Tags, Result (of the last run). Table "batch", by UUID and poller: Messages
// received and not deleted yet, Since, and Running, the argument of its reactions, while the
// function has them.
#pragma once

#include "services/lambda/function.hh"

namespace mainstay::lambda {

Result<Value> create_mapping(Call& call, const Value& in);
Result<Value> get_mapping(Call& call, const Value& in);
Result<Value> list_mappings(Call& call, const Value& in);
Result<Value> update_mapping(Call& call, const Value& in);
Result<Value> delete_mapping(Call& call, const Value& in);

// Whoever polls for a function does so as its role. Error: what check_role says.
Result<cloud::Caller> poller_of(Call& call, const Value& mapping);

// poller.cc. Within the unit that made or changed the mapping.
void start_polling(Call& call, const Value& mapping);
// Reactions: {"UUID", "Generation", "Poller"}, and with what SQS answered.
Status poll(Call& call, const Value& argument);
Status take_messages(Call& call, const Value& argument);
Status run_batch(Call& call, const Value& argument);
// After a kill: batches that were being run come again from their queue.
void take_up_polling(cloud::Cloud& cloud);

}  // namespace mainstay::lambda
