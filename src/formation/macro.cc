// AWS::CloudFormation::Macro: a function that transforms templates, under the name that they ask
// for it by.
#include "formation/records.hh"
#include "formation/special.hh"

namespace mainstay::formation {
namespace {

Status in_own_state(Subject& s, const std::function<Status(Call&)>& work) {
  return s.cloud.update("cloudformation", s.where.account, s.where.region, work);
}

Value macro_of(const Subject& s) {
  return Value::map({{"FunctionName", s.properties["FunctionName"]},
                     {"StackId", s.where.stack_id},
                     {"LogicalId", s.where.logical_id}});
}

bool is_own(const Value& macro, const Subject& s) {
  return macro["StackId"].as_string() == s.where.stack_id &&
         macro["LogicalId"].as_string() == s.where.logical_id;
}

}  // namespace

Status create_macro(Subject& s) {
  const std::string& name = s.properties["Name"].as_string();
  CHECK_OK(in_own_state(s, [&](Call& call) -> Status {
    const Value* there = call.find("macro", name);
    if (there && !is_own(*there, s))
      return Error("AlreadyExists",
                   "Macro " + name + " already exists in stack " + (*there)["StackId"].as_string());
    call.put("macro", name, macro_of(s));
    return {};
  }));
  s.physical_id = name;
  return s.initiated();
}

Status update_macro(Subject& s) {
  return in_own_state(s, [&](Call& call) -> Status {
    call.put("macro", s.physical_id, macro_of(s));
    return {};
  });
}

Status remove_macro(Subject& s) {
  return in_own_state(s, [&](Call& call) -> Status {
    const Value* there = call.find("macro", s.physical_id);
    if (there && is_own(*there, s)) call.remove("macro", s.physical_id);
    return {};
  });
}

}  // namespace mainstay::formation
