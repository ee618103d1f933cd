#include "services/lambda/name.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay::lambda {
namespace {

// Lambda's errors carry "Type": "User", and their message under "Message" or "message" alike.
Error user_error(std::string code, std::string message, int status) {
  Error error = aws_error(std::move(code), std::move(message), status);
  error.fields = std::make_shared<const Value>(Value::map({{"Type", "User"}}));
  return error;
}

constexpr size_t number_digits = 10;

}  // namespace

FunctionName parse_function(std::string_view text) {
  auto parts = split(text, ":");
  FunctionName out;
  size_t at = 0;
  // "arn:aws:lambda:region:account:function:name"
  if (parts[0] == "arn" && parts.size() >= 6) {
    out.region = parts[3];
    out.account = parts[4];
    at = parts.size() > 6 ? 6 : 5;  // "function:" may be left out
  } else if (parts.size() >= 3 && is_account_id(parts[0]) && parts[1] == "function") {
    out.account = parts[0];
    at = 2;
  } else if (parts.size() >= 2 && parts[0] == "function") {
    at = 1;
  }
  out.name = parts[at];
  if (parts.size() > at + 1) out.qualifier = parts[at + 1];
  return out;
}

Result<FunctionName> function_named(const Call& call, const Value& in) {
  FunctionName out = parse_function(in["FunctionName"].as_string());
  const std::string& given = in["Qualifier"].as_string();
  if (!given.empty() && !out.qualifier.empty() && given != out.qualifier)
    return invalid_parameter(
        "The derived qualifier from the function name does not match the specified qualifier.");
  if (!given.empty()) out.qualifier = given;
  if (!out.region.empty() && out.region != call.region)
    return not_found("Functions from '" + out.region + "' are not reachable in this region ('" +
                     call.region + "')");
  return out;
}

std::string account_of_request(const Value& in) {
  for (const char* member : {"FunctionName", "LayerName", "Arn", "Resource"}) {
    const std::string& text = in[member].as_string();
    auto parts = split(text, ":");
    if (parts[0] == "arn" && parts.size() > 5 && is_account_id(parts[4])) return parts[4];
    if (parts.size() > 2 && is_account_id(parts[0]) && parts[1] == "function") return parts[0];
  }
  return "";
}

std::string function_arn(const Call& call, std::string_view name, std::string_view qualifier) {
  std::string arn = call.arn("function:" + std::string(name));
  if (!qualifier.empty()) arn.append(":").append(qualifier);
  return arn;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_version(std::string_view qualifier) {
  return qualifier == latest || is_number(qualifier);
}

std::string key_of(std::string_view name, std::string_view qualifier) {
  std::string key = std::string(name) + ":";
  if (is_number(qualifier) && qualifier.size() < number_digits)
    key.append(number_digits - qualifier.size(), '0');
  return key.append(qualifier);
}

LayerName parse_layer(std::string_view text) {
  auto parts = split(text, ":");
  LayerName out;
  size_t at = 0;
  if (parts[0] == "arn" && parts.size() >= 7) {
    out.region = parts[3];
    out.account = parts[4];
    at = 6;
  }
  out.name = parts[at];
  if (parts.size() > at + 1) out.version = parse_int(parts[at + 1]).value_or(0);
  return out;
}

Error function_not_found(const Call& call, std::string_view name, std::string_view qualifier) {
  return not_found("Function not found: " + function_arn(call, name, qualifier));
}

Error invalid_parameter(std::string message) {
  return user_error("InvalidParameterValueException", std::move(message), 400);
}

Error not_found(std::string message) {
  return user_error("ResourceNotFoundException", std::move(message), 404);
}

Error conflict(std::string message) {
  return user_error("ResourceConflictException", std::move(message), 409);
}

Error precondition_failed(std::string_view where) {
  return user_error("PreconditionFailedException",
                    "The Revision Id provided does not match the latest Revision Id. Call the " +
                        std::string(where) + " API to retrieve the latest Revision Id",
                    412);
}

Error not_here(const std::string& what) {
  return aws_error("NotImplemented", "mainstay's embedded cloud does not implement " + what, 501);
}

}  // namespace mainstay::lambda
