// Where a resource's properties are other than its template says (user guide, "Detect unmanaged
// configuration changes"). Pure.
//
// Only what the template says is compared: what it leaves out, also inside of a property, may be
// anything, except in documents that have no schema (policies) and in lists, where more is a
// difference. Scalars are compared by their text; documents may be JSON text.
#pragma once

#include <string>
#include <vector>

#include "cfn/schema.hh"

namespace mainstay::formation {

struct PropertyDifference {
  std::string path;        // "/Tags/0/Value"
  Value expected, actual;  // null where absent

  Value shown() const;  // as DescribeStackResourceDrifts tells it
};

// spec: a type's "drift", of which "alike" says by path which texts are compared as a "domain" name
// or a "network", and "unread" lists what the service does not tell; paths are without indexes
// ("AliasTarget/DNSName"). schema may be null.
std::vector<PropertyDifference> compare_properties(const Value& expected, const Value& actual,
                                                   const cfn::Schema* schema, const Value& spec);

}  // namespace mainstay::formation
