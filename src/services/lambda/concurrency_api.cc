// Reserved concurrency, the account's settings, and what to do about loops.
#include "services/lambda/function.hh"
#include "services/lambda/handlers.hh"
#include "services/lambda/settings.hh"

namespace mainstay::lambda {
namespace {

Result<Value> unqualified(Call& call, const Value& in, FunctionName& named) {
  TRY(named, function_named(call, in));
  if (!named.qualifier.empty())
    return invalid_parameter(
        "This operation is permitted on Lambda functions only. Aliases and versions do not "
        "support this operation. Please specify either a function name or an unqualified function "
        "ARN.");
  const Value* function = call.find("function", named.name);
  if (!function) return function_not_found(call, named.name, latest);
  return *function;
}

}  // namespace

int64_t reserved_by_others(const Call& call, std::string_view name) {
  int64_t sum = 0;
  for (const std::string& other : call.find_by("function", "IsReserved", "yes"))
    if (other != name) sum += (*call.find("function", other))["Reserved"].as_int();
  return sum;
}

Result<Value> put_concurrency(Call& call, const Value& in) {
  FunctionName named;
  TRY(Value function, unqualified(call, in, named));
  int64_t wanted = in["ReservedConcurrentExecutions"].as_int();
  if (account_concurrency - reserved_by_others(call, named.name) - wanted <
      unreserved_concurrency_min)
    return invalid_parameter(
        "Specified ReservedConcurrentExecutions for function decreases account's "
        "UnreservedConcurrentExecution below its minimum value of [" +
        std::to_string(unreserved_concurrency_min) + "].");
  function.set("Reserved", wanted);
  function.set("IsReserved", "yes");
  call.put("function", named.name, std::move(function));
  return Value::map({{"ReservedConcurrentExecutions", wanted}});
}

Result<Value> get_concurrency(Call& call, const Value& in) {
  FunctionName named;
  TRY(Value function, unqualified(call, in, named));
  if (!function.has("Reserved")) return Value::map({});
  return Value::map({{"ReservedConcurrentExecutions", function["Reserved"]}});
}

Result<Value> delete_concurrency(Call& call, const Value& in) {
  FunctionName named;
  TRY(Value function, unqualified(call, in, named));
  for (const char* member : {"Reserved", "IsReserved"}) function.erase(member);
  call.put("function", named.name, std::move(function));
  return Value::map({});
}

Result<Value> get_account_settings(Call& call, const Value&) {
  int64_t code_bytes = 0;
  for (const char* table : {"function", "version", "layer_version"})
    for (const auto& [id, document] : call.all(table))
      code_bytes += document["Code"]["Size"].as_int();
  // "Lambda quotas", and the defaults of a new account's concurrency.
  return Value::map(
      {{"AccountLimit", Value::map({{"TotalCodeSize", int64_t{80'530'636'800}},
                                    {"CodeSizeUnzipped", 262'144'000},
                                    {"CodeSizeZipped", 52'428'800},
                                    {"ConcurrentExecutions", account_concurrency},
                                    {"UnreservedConcurrentExecutions",
                                     account_concurrency - reserved_by_others(call, "")}})},
       {"AccountUsage",
        Value::map({{"TotalCodeSize", code_bytes},
                    {"FunctionCount", static_cast<int64_t>(call.all("function").size())}})}});
}

Result<Value> put_recursion(Call& call, const Value& in) {
  FunctionName named;
  TRY(Value function, unqualified(call, in, named));
  function.set("RecursiveLoop", in["RecursiveLoop"]);
  call.put("function", named.name, std::move(function));
  return Value::map({{"RecursiveLoop", in["RecursiveLoop"]}});
}

Result<Value> get_recursion(Call& call, const Value& in) {
  FunctionName named;
  TRY(Value function, unqualified(call, in, named));
  return Value::map({{"RecursiveLoop", function.has("RecursiveLoop") ? function["RecursiveLoop"]
                                                                     : Value("Terminate")}});
}

}  // namespace mainstay::lambda
