// What is done with events that functions are given asynchronously: retries, age, destinations.
//
// Table "event_config", by key_of(function, qualifier): the FunctionEventInvokeConfig shape, with
// Function.
#include "base/text.hh"
#include "services/lambda/function.hh"
#include "services/lambda/handlers.hh"

namespace mainstay::lambda {
namespace {

Result<FunctionName> named_with_qualifier(const Call& call, const Value& in) {
  TRY(FunctionName named, function_named(call, in));
  if (named.qualifier.empty()) named.qualifier = latest;
  return named;
}

Error has_none(const Call& call, const FunctionName& named) {
  return not_found("The function " + function_arn(call, named.name, named.qualifier) +
                   " doesn't have an EventInvokeConfig");
}

// "Destinations": an SQS queue, an SNS topic, a function, an EventBridge bus, an S3 bucket.
Status check_destination(Call& call, const FunctionName& named, const Value& destinations,
                         const char* member) {
  const std::string& arn = destinations[member]["Destination"].as_string();
  if (arn.empty()) return {};
  auto parts = split(arn, ":");
  std::string service = parts.size() > 5 ? parts[2] : "";
  if (service == "lambda") {
    FunctionName to = parse_function(arn);
    if (to.name == named.name)
      return invalid_parameter("You can't specify the function as a destination for itself.");
    if (!call.find("function", to.name))
      return invalid_parameter("The destination ARN " + arn + " is invalid.");
    return {};
  }
  if (service == "sqs" || service == "sns" || service == "events" || service == "s3") return {};
  auto side = [&](const char* name, const char* type) {
    const Value& one = destinations[name]["Destination"];
    return one.is_string() ? std::string(type) + "(destination=" + one.as_string() + ")" : "null";
  };
  return invalid_parameter("The provided destination config DestinationConfig(onSuccess=" +
                           side("OnSuccess", "OnSuccess") +
                           ", onFailure=" + side("OnFailure", "OnFailure") + ") is invalid.");
}

Status check_there(Call& call, const FunctionName& named) {
  if (find_target(call, named).has_value()) return {};
  return not_found("The function doesn't exist.");
}

Status change(Call& call, const FunctionName& named, Value& config, const Value& in) {
  if (!in.has("MaximumRetryAttempts") && !in.has("MaximumEventAgeInSeconds") &&
      !in.has("DestinationConfig"))
    return invalid_parameter(
        "You must specify at least one of error handling or destination setting.");
  for (const char* member : {"OnSuccess", "OnFailure"})
    CHECK_OK(check_destination(call, named, in["DestinationConfig"], member));
  for (const char* member : {"MaximumRetryAttempts", "MaximumEventAgeInSeconds"})
    if (in.has(member)) config.set(member, in[member]);
  Value& destinations = config.member("DestinationConfig");
  for (const char* member : {"OnSuccess", "OnFailure"})
    if (in["DestinationConfig"].has(member))
      destinations.set(member, in["DestinationConfig"][member]);
    else if (!destinations.has(member))
      destinations.set(member, Value::map({}));
  config.set("LastModified", call.now);
  return {};
}

Value answer(const Value& config) {
  Value out = config;
  out.erase("Function");
  return out;
}

Result<Value> put(Call& call, const FunctionName& named, Value config, const Value& in) {
  CHECK_OK(change(call, named, config, in));
  config.set("Function", named.name);
  config.set("FunctionArn", function_arn(call, named.name, named.qualifier));
  call.put("event_config", key_of(named.name, named.qualifier), config);
  return answer(config);
}

}  // namespace

Result<Value> put_event_config(Call& call, const Value& in) {
  TRY(FunctionName named, named_with_qualifier(call, in));
  CHECK_OK(check_there(call, named));
  return put(call, named, Value::map({}), in);
}

Result<Value> update_event_config(Call& call, const Value& in) {
  TRY(FunctionName named, named_with_qualifier(call, in));
  CHECK_OK(check_there(call, named));
  const Value* found = call.find("event_config", key_of(named.name, named.qualifier));
  if (!found) return has_none(call, named);
  return put(call, named, *found, in);
}

Result<Value> get_event_config(Call& call, const Value& in) {
  TRY(FunctionName named, named_with_qualifier(call, in));
  const Value* found = call.find("event_config", key_of(named.name, named.qualifier));
  if (!found) return has_none(call, named);
  return answer(*found);
}

Result<Value> list_event_configs(Call& call, const Value& in) {
  TRY(FunctionName named, function_named(call, in));
  if (!call.find("function", named.name)) return not_found("The function doesn't exist.");
  constexpr cloud::ResourceKind kind = {.table = "event_config",
                                        .list = "FunctionEventInvokeConfigs",
                                        .missing_code = "",
                                        .missing = "",
                                        .pages = page_words};
  return cloud::list_resources(call, kind, in, {.prefix = key_of(named.name, ""), .show = answer});
}

Result<Value> delete_event_config(Call& call, const Value& in) {
  TRY(FunctionName named, named_with_qualifier(call, in));
  if (!call.remove("event_config", key_of(named.name, named.qualifier)))
    return has_none(call, named);
  return Value::map({});
}

}  // namespace mainstay::lambda
