// Amazon DynamoDB: tables, items, expressions, indexes. Sources: the DynamoDB API reference and
// developer guide; messages as AWS answers them.
#pragma once

#include "cloud/service.hh"

namespace mainstay::dynamodb {

cloud::Service make_service();

}  // namespace mainstay::dynamodb
