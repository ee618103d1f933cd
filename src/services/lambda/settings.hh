// The settings of functions: what AWS checks of them and what it fills in.
#pragma once

#include "services/lambda/name.hh"

namespace mainstay::lambda {

// The Config document of a new function. Errors: InvalidParameterValueException.
Result<Value> new_settings(Call& call, const Value& in);
// What an update gives instead, put into `config`.
Status change_settings(Call& call, Value& config, const Value& in);
// What this cloud has not, so that nobody takes it for done.
Status refuse_unknown(const Value& in);

// "lambda.amazonaws.com" may assume it.
Status check_role(Call& call, const std::string& arn);

// tag_api.cc
Status check_tags(const Call& call, const Value& tags);

// What all functions but this one have reserved.
int64_t reserved_by_others(const Call& call, std::string_view name);

inline constexpr int64_t account_concurrency = 1000, unreserved_concurrency_min = 100;

}  // namespace mainstay::lambda
