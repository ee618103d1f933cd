// How functions, versions, aliases and layers are named.
#pragma once

#include <string>
#include <string_view>

#include "cloud/call.hh"

namespace mainstay::lambda {

using cloud::Call;

inline constexpr std::string_view latest = "$LATEST";
inline constexpr std::string_view service_principal_name = "lambda.amazonaws.com";

// "name", "function:name", "account:function:name" or an ARN, each with ":qualifier" or not (API
// reference, Invoke, "FunctionName").
struct FunctionName {
  std::string name;
  std::string qualifier;        // as given, "" for none
  std::string account, region;  // "" where it names none
};
FunctionName parse_function(std::string_view text);

// Of the members FunctionName and Qualifier. Errors: qualifiers that differ, another region.
Result<FunctionName> function_named(const Call& call, const Value& in);

// The account that an ARN in the request names, for Service::account_of.
std::string account_of_request(const Value& in);

// "arn:aws:lambda:…:function:name", and ":qualifier" where there is one.
std::string function_arn(const Call& call, std::string_view name, std::string_view qualifier = "");

// Keys of what belongs to a function, in the order of its numbers: "name:0000000012", "name:alias".
std::string key_of(std::string_view name, std::string_view qualifier);
bool is_version(std::string_view qualifier);  // "$LATEST" or a number
bool is_number(std::string_view text);

// "layer" or "arn:…:layer:name", maybe with ":version".
struct LayerName {
  std::string name, account, region;
  int64_t version = 0;  // 0: none
};
LayerName parse_layer(std::string_view text);

Error function_not_found(const Call& call, std::string_view name, std::string_view qualifier = "");
Error invalid_parameter(std::string message);
Error not_found(std::string message);
Error conflict(std::string message);
Error precondition_failed(std::string_view where);
// Of what AWS has and this cloud has not.
Error not_here(const std::string& what);

}  // namespace mainstay::lambda
