// Runs a template's transforms: macros (functions of the user's), AWS::Include, AWS SAM and
// AWS::LanguageExtensions (user guide, "Template macros").
//
// A macro takes its time, and no thread waits for it: the call is kept (table "macro-call"), made
// outside, and whoever asked is told when its answer is there. Until then the error is not_yet(),
// and the same is asked again; a request waits as requests do (or_wait), a nested stack's parent is
// woken.
//   macro       by name     FunctionName and StackId, of AWS::CloudFormation::Macro
//   macro-call  by its id   Answer (an Invoke's output) or Failed, once it is there
#pragma once

#include <optional>
#include <string>

#include "cfn/transform.hh"
#include "cloud/cloud.hh"
#include "formation/records.hh"

namespace mainstay::formation {

inline constexpr const char* call_macro_reaction = "call-macro";
inline constexpr const char* forget_macro_reaction = "forget-macro-call";

struct TransformInputs {
  const cfn::Template* declared;  // cfn::read_declarations
  Map parameters;                 // what Ref of each gives
  cfn::PseudoParameters pseudo;
  std::string parent_id;  // of the stack that is to be woken, "" for none
};

// The template that its transforms make, without them. Errors: not_yet(); "TransformFailed" with
// what is told in the stack's events.
Result<Value> process_template(Call& call, const TransformInputs& inputs);

// Of a definition whose transforms failed, so that the stack itself says it.
bool is_transform_failure(const Error& error);

// The answer of a request that has to wait for a macro.
Result<Value> or_wait(Call& call, Result<Value> out);

Status call_macro(cloud::Cloud& cloud, const cloud::Place& place, const Value& argument);
Status forget_macro_call(Call& call, const Value& id);
// At start: calls whose answers nobody will bring.
void forget_macro_calls(cloud::Cloud& cloud);

}  // namespace mainstay::formation
