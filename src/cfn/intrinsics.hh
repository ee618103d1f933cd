// The table of intrinsic functions behind evaluate().
#pragma once

#include <string_view>

#include "base/error.hh"
#include "base/value.hh"
#include "cfn/evaluate.hh"
#include "cfn/messages.hh"

namespace mainstay::cfn {

struct Intrinsic {
  std::string_view name;
  // A lazy function gets its argument unevaluated (it chooses what to evaluate); others get it
  // evaluated and without unknowns.
  bool lazy = false;
  Result<Value> (*apply)(const Value& argument, Context& context) = nullptr;
};

// nullptr where there is no such function. Each family has its file.
const Intrinsic* find_intrinsic(std::string_view name);
const Intrinsic* find_text_function(std::string_view name);   // intrinsics_text.cc
const Intrinsic* find_list_function(std::string_view name);   // intrinsics_list.cc
const Intrinsic* find_logic_function(std::string_view name);  // intrinsics_logic.cc

template <size_t N>
const Intrinsic* find_in(const Intrinsic (&table)[N], std::string_view name) {
  for (const Intrinsic& f : table)
    if (f.name == name) return &f;
  return nullptr;
}

// A value that is not known before deployment, named by the expression that makes it.
Value unknown(std::string_view function, const Value& argument);

// Ref and Fn::GetAtt, which Fn::Sub uses too.
Result<Value> evaluate_ref(const std::string& name, Context& context);
Result<Value> evaluate_get_att(const std::string& id, const std::string& attribute,
                               Context& context);

// A condition's operand: true, false, "true", "false", or a function that gives one.
Result<bool> evaluate_boolean(const Value& v, Context& context, std::string_view complaint);

// Evaluates a part of a function's argument, with the path kept for messages.
Result<Value> evaluate_at(const Value& v, Context& context, std::string step);

// Fn::Cidr (cidr.cc): count networks with bits host bits each, from the start of block.
// bits may be -1: as large as fits.
Result<List> divide_network(const std::string& block, int64_t count, int64_t bits);

}  // namespace mainstay::cfn
