// The data that mainstay carries: AWS service models, paginators and CloudFormation resource
// schemas, packed at build time by tools/data_pack.py and linked into the binary.
//
// Entries: "models/<service>", "paginators/<service>", "services", "schemas/<type>",
// "resource-types", "stateful-types" (those that hold data), "managed-policies" and
// "managed-policies/<name>", "iam/<prefix>" with the actions of a service, "iam",
// "iam-operations", "condition-keys", "ec2-filters", "service-linked-roles" and
// "service-principals"; all JSON. Reading unpacks; nothing is cached here. Threads: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"

namespace mainstay::data {

// Error "DataMissing" where there is no such entry.
Result<std::string> read(std::string_view name);
bool has(std::string_view name);

}  // namespace mainstay::data
