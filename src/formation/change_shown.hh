// Changes as DescribeChangeSet shows them (API reference, ResourceChange).
#pragma once

#include "formation/change_context.hh"

namespace mainstay::formation {

// As it is kept: with all of its values. imports: physical ids of what is taken over, by logical
// id.
Value shown_change(const Call& call, const std::string& uuid, const cfn::ResourceChange& change,
                   const Value& imports, const ChangeContext& context);
// What a request gets of changes that are kept: with IncludePropertyValues or without.
void show_values(List& changes, bool with_values);

}  // namespace mainstay::formation
