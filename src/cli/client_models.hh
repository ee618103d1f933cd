// The service models and resource schemas that the binary carries, for the workflows.
#pragma once

#include "aws/client.hh"
#include "cfn/schema.hh"

namespace mainstay::cli {

// Unpacks each when it is first asked for, and keeps it. Threads: any.
aws::ModelSource embedded_models();

// The schema of a CloudFormation resource type, or nullptr; kept for as long as the program runs.
std::function<const cfn::Schema*(const std::string& type)> embedded_schemas();

}  // namespace mainstay::cli
