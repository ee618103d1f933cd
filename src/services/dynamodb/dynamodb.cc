#include "services/dynamodb/dynamodb.hh"

#include "services/dynamodb/handlers.hh"

namespace mainstay::dynamodb {

cloud::Service make_service() {
  using cloud::reads, cloud::writes;
  cloud::Service service;
  service.name = "dynamodb";
  service.has_resource_control = true;
  service.data_events = {"BatchExecuteStatement",
                         "BatchGetItem",
                         "BatchWriteItem",
                         "DeleteItem",
                         "ExecuteStatement",
                         "ExecuteTransaction",
                         "GetItem",
                         "PutItem",
                         "Query",
                         "Scan",
                         "TransactGetItems",
                         "TransactWriteItems",
                         "UpdateItem"};
  service.calls = {"kms"};
  service.operations = {writes("CreateTable", create_table),
                        reads("DescribeTable", describe_table),
                        writes("UpdateTable", update_table),
                        writes("DeleteTable", delete_table),
                        reads("ListTables", list_tables),
                        writes("TagResource", tag_resource),
                        writes("UntagResource", untag_resource),
                        reads("ListTagsOfResource", list_tags_of_resource),
                        reads("DescribeTimeToLive", describe_time_to_live),
                        writes("UpdateTimeToLive", update_time_to_live),
                        reads("DescribeContinuousBackups", describe_continuous_backups),
                        writes("UpdateContinuousBackups", update_continuous_backups),
                        reads("GetItem", get_item),
                        writes("PutItem", put_item),
                        writes("UpdateItem", update_item),
                        writes("DeleteItem", delete_item),
                        writes("TransactWriteItems", transact_write_items),
                        reads("TransactGetItems", transact_get_items),
                        reads("Query", query),
                        reads("Scan", scan),
                        reads("BatchGetItem", batch_get_item),
                        writes("BatchWriteItem", batch_write_item)};
  service.guard = guard;
  return service;
}

}  // namespace mainstay::dynamodb
