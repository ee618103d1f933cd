#include "cloud/target.hh"

namespace mainstay::cloud {

std::string queue_url(const wire::Arn& queue) {
  return "https://sqs." + queue.region + ".amazonaws.com/" + queue.account + "/" + queue.resource;
}

std::optional<Delivery> delivery_to(const wire::Arn& target, std::string text,
                                    const std::string& group) {
  Delivery out;
  out.account = target.account;
  out.region = target.region;
  out.service = target.service;
  std::string arn = target.to_string();
  if (target.service == "sqs") {
    out.operation = "SendMessage";
    out.input = Value::map({{"QueueUrl", queue_url(target)}, {"MessageBody", std::move(text)}});
    if (!group.empty()) out.input.set("MessageGroupId", group);
  } else if (target.service == "sns") {
    out.operation = "Publish";
    out.input = Value::map({{"TopicArn", arn}, {"Message", std::move(text)}});
  } else if (target.service == "lambda" && target.resource.starts_with("function:")) {
    out.operation = "Invoke";
    out.input = Value::map(
        {{"FunctionName", arn}, {"InvocationType", "Event"}, {"Payload", Bytes{std::move(text)}}});
  } else {
    return std::nullopt;
  }
  return out;
}

Delivery dead_letter(const wire::Arn& queue, std::string body, const Value& attributes) {
  Value given = Value::map({});
  for (const auto& [name, text] : attributes.members())
    if (!text.as_string().empty())
      given.set(name, Value::map({{"DataType", "String"}, {"StringValue", text}}));
  Delivery out = *delivery_to(queue, std::move(body));
  out.input.set("MessageAttributes", std::move(given));
  return out;
}

bool is_passing(const Error& error) {
  constexpr int not_implemented = 501;
  return (error.status >= 500 && error.status != not_implemented) ||
         error.code.contains("Throttl") || error.code.contains("TooManyRequests");
}

std::string_view failure_reason(const Error& error) {
  auto has = [&](std::string_view part) { return error.code.contains(part); };
  if (has("AccessDenied") || has("NotAuthorized") || has("AuthorizationError") ||
      has("RoleInvalid"))
    return "NO_PERMISSIONS";
  if (has("NotFound") || has("NonExistent") || has("DoesNotExist")) return "NO_RESOURCE";
  if (has("Throttl") || has("TooManyRequests")) return "THROTTLING";
  return error.status >= 500 ? "SDK_CLIENT_ERROR" : "INVALID_PARAMETER";
}

}  // namespace mainstay::cloud
