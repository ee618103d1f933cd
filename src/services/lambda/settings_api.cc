// Settings that clients ask of every function, where this cloud has but one answer.
#include "services/lambda/function.hh"
#include "services/lambda/handlers.hh"

namespace mainstay::lambda {
namespace {

Result<Target> target_of(Call& call, const Value& in) {
  TRY(FunctionName named, function_named(call, in));
  return find_target(call, named);
}

}  // namespace

// Code signing can't be asked for here, so no function has it (recorded: an empty answer).
Result<Value> get_code_signing(Call& call, const Value& in) {
  CHECK_OK(target_of(call, in));
  return Value::map({});
}

// "Auto" is what every function has that was told nothing else.
Result<Value> get_runtime_management(Call& call, const Value& in) {
  TRY(Target target, target_of(call, in));
  return Value::map(
      {{"UpdateRuntimeOn", "Auto"},
       {"FunctionArn", function_arn(call, target.function["Name"].as_string(), target.qualifier)}});
}

// Provisioned concurrency can't be asked for here either.
Result<Value> get_provisioned(Call& call, const Value& in) {
  CHECK_OK(target_of(call, in));
  return aws_error("ProvisionedConcurrencyConfigNotFoundException",
                   "No Provisioned Concurrency Config found for this function", 404);
}

Result<Value> list_provisioned(Call& call, const Value& in) {
  CHECK_OK(target_of(call, in));
  return Value::map({{"ProvisionedConcurrencyConfigs", Value::list()}});
}

}  // namespace mainstay::lambda
