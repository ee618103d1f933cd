// Bringing resources that exist under a stack, without touching them: CloudFormation's import, by a
// change set that can do nothing else. Source: CloudFormation user guide, "Import AWS resources
// into a CloudFormation stack".
#pragma once

#include <functional>
#include <map>
#include <string>

#include "stacks/run.hh"

namespace mainstay::stacks {

// By logical id, the properties that identify a resource, by name; "" stands for the only one that
// its type has.
using ResourceIds = std::map<std::string, std::map<std::string, std::string>>;

// Of "Queue=https://..." and "Record.Name=x". Error "UsageInvalid".
Result<ResourceIds> parse_resource_ids(const std::vector<std::string>& words);

struct Adoption {
  std::string stack;
  ResourceIds ids;
  // Asked once it is known what would be imported; an error ends it, and leaves nothing behind.
  std::function<Status(const std::vector<ResourceChange>& changes)> confirm;
};

// Errors: "UsageInvalid" for stacks and resources that are not there, or identifiers that their
// type does not have; "ChangeSetFailed" with AWS's reason; those of a stack's failure.
Result<RunResult> adopt_resources(Session& session, const Adoption& adoption);

}  // namespace mainstay::stacks
