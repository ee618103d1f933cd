// What the binary carries of AWS, for the workflows.
#pragma once

#include "aws/client.hh"
#include "stacks/knowledge.hh"

namespace mainstay::cli {

// Unpacks each when it is first asked for, and keeps it. Threads: any.
aws::ModelSource embedded_models();

// Schemas of resource types, AWS's managed policies, real actions; each kept once it was asked for.
stacks::Knowledge embedded_knowledge();

}  // namespace mainstay::cli
