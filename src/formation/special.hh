// Resource types whose behaviour no mapping can describe.
#pragma once

#include <string_view>

#include "formation/provider.hh"

namespace mainstay::formation {

struct SpecialType {
  std::string_view type;
  Status (*create)(Subject&);
  Status (*update)(Subject&);
  Status (*remove)(Subject&);
};

// nullptr for all other types.
const SpecialType* find_special(std::string_view type);

// nested_stack.cc
Status create_nested(Subject& s);
Status update_nested(Subject& s);
Status remove_nested(Subject& s);
// macro.cc
Status create_macro(Subject& s);
Status update_macro(Subject& s);
Status remove_macro(Subject& s);
// wait_condition.cc
Status create_wait_handle(Subject& s);
Status create_wait_condition(Subject& s);
Status update_wait_condition(Subject& s);
Status remove_wait(Subject& s);

}  // namespace mainstay::formation
