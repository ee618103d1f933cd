// What decisions about requests ask DynamoDB: the tags of a table.
#include "cloud/access.hh"

#include "services/dynamodb/handlers.hh"

namespace mainstay::dynamodb {

Status guard(Call& call, const Value&, cloud::Access& access) {
  const Value* table = call.find("table", table_name(access.request.resource));
  if (table) access.resource_tags((*table)["_Tags"]);
  return {};
}

}  // namespace mainstay::dynamodb
