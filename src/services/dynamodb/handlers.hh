// The operations, by the file that holds them.
#pragma once

#include "services/dynamodb/table.hh"

namespace mainstay::dynamodb {

#define DYNAMODB_HANDLER(name) Result<Value> name(Call& call, const Value& in)

// table_api.cc
DYNAMODB_HANDLER(create_table);
DYNAMODB_HANDLER(describe_table);
DYNAMODB_HANDLER(update_table);
DYNAMODB_HANDLER(delete_table);
DYNAMODB_HANDLER(list_tables);
// settings.cc
DYNAMODB_HANDLER(tag_resource);
DYNAMODB_HANDLER(untag_resource);
DYNAMODB_HANDLER(list_tags_of_resource);
DYNAMODB_HANDLER(describe_time_to_live);
DYNAMODB_HANDLER(update_time_to_live);
DYNAMODB_HANDLER(describe_continuous_backups);
DYNAMODB_HANDLER(update_continuous_backups);
Status check_tags(const Value& tags);
// item.cc
DYNAMODB_HANDLER(get_item);
DYNAMODB_HANDLER(put_item);
DYNAMODB_HANDLER(update_item);
DYNAMODB_HANDLER(delete_item);
// A transaction's ConditionCheck.
DYNAMODB_HANDLER(check_item_condition);
// transaction.cc
DYNAMODB_HANDLER(transact_write_items);
DYNAMODB_HANDLER(transact_get_items);
// query.cc
DYNAMODB_HANDLER(query);
DYNAMODB_HANDLER(scan);
// batch.cc
DYNAMODB_HANDLER(batch_get_item);
DYNAMODB_HANDLER(batch_write_item);

#undef DYNAMODB_HANDLER

// guard.cc: see cloud::Service
Status guard(Call& call, const Value& in, cloud::Authorization& authorization);

}  // namespace mainstay::dynamodb
