// Names and ids that CloudFormation makes up for resources.
#pragma once

#include <string>
#include <string_view>

#include "formation/records.hh"

namespace mainstay::formation {

// Where a resource stands: what its made-up names and ARNs are made of.
struct Whereabouts {
  std::string account, region, stack_id, logical_id, type;
  int64_t generation = 0;  // goes up when the resource is replaced
  // Where it was made, if a stack refactor has moved it since: the names made up there stay.
  std::string made_in = {}, made_as = {};
};

// Of a resource that is there or on its way.
Whereabouts whereabouts_of(const StackKey& key, const Value& resource);

struct NameStyle {
  size_t length_max = 255;
  bool lower_case = false;
  // Instead of the stack's name, and with letters of both cases behind:
  // "CFN-LogicalId-gE4nEU6CQEj9" (SSM parameters; recorded on AWS).
  std::string head = {};
};

// "stack-LogicalId-0ABC12DEF345" (user guide, "Name type"), cut to length. The same resource gets
// the same name again, so that an interrupted creation can be taken up.
std::string physical_name(const Whereabouts& w, const NameStyle& style);

// Letters and digits that depend on the resource and the purpose only.
std::string stable_text(const Whereabouts& w, std::string_view purpose, size_t count,
                        std::string_view alphabet);

}  // namespace mainstay::formation
