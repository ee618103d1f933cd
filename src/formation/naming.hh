// Names and ids that CloudFormation makes up for resources.
#pragma once

#include <string>
#include <string_view>

#include "cfn/schema.hh"

namespace mainstay::formation {

// Where a resource stands: what its made-up names and ARNs are made of.
struct Whereabouts {
  std::string account, region, stack_id, logical_id, type;
  int64_t generation = 0;  // goes up when the resource is replaced
};

struct NameStyle {
  size_t length_max = 255;
  bool lower_case = false;
};

// "stack-LogicalId-0ABC12DEF345" (user guide, "Name type"), cut to length. The same resource gets
// the same name again, so that an interrupted creation can be taken up.
std::string physical_name(const Whereabouts& w, const NameStyle& style);

// Letters and digits that depend on the resource and the purpose only.
std::string stable_text(const Whereabouts& w, std::string_view purpose, size_t count,
                        std::string_view alphabet);

// For a type that is recorded only: its physical id, and a value for each of its read-only
// properties (names with dots), in the form of the real ones.
std::string recorded_id(const Whereabouts& w, const cfn::Schema& schema, const Value& properties);
Value recorded_attributes(const Whereabouts& w, const cfn::Schema& schema,
                          const std::string& physical_id);
Value recorded_attribute(const Whereabouts& w, const cfn::Schema& schema, std::string_view name,
                         const std::string& physical_id);

}  // namespace mainstay::formation
