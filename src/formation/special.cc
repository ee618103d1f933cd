#include "formation/special.hh"

#include "formation/custom_resource.hh"

namespace mainstay::formation {
namespace {

constexpr SpecialType special_types[] = {
    {"AWS::CloudFormation::Stack", create_nested, update_nested, remove_nested},
    {"AWS::CloudFormation::Macro", create_macro, update_macro, remove_macro},
    {"AWS::CloudFormation::WaitConditionHandle", create_wait_handle, update_wait_condition,
     remove_wait},
    {"AWS::CloudFormation::WaitCondition", create_wait_condition, update_wait_condition,
     remove_wait}};

constexpr SpecialType custom{"AWS::CloudFormation::CustomResource", create_custom, update_custom,
                             remove_custom};

}  // namespace

const SpecialType* find_special(std::string_view type) {
  if (Types::is_custom(type)) return &custom;
  for (const SpecialType& s : special_types)
    if (s.type == type) return &s;
  return nullptr;
}

}  // namespace mainstay::formation
