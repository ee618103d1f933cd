#include "formation/notification.hh"

#include "base/text.hh"
#include "wire/arn.hh"

namespace mainstay::formation {
namespace {

// Lines of Name='value', as in messages that people have shown (github.com/getmoto/moto, pull
// requests 4295 and 4479; cartwrightian/cfnassist, issue 6). What there is none of is 'null', an
// absent reason ''.
std::string message_of(const Value& stack, const Value& event, const std::string& account) {
  auto text = [](const Value& v) { return v.is_null() ? std::string("null") : v.to_text(); };
  const std::pair<const char*, std::string> lines[] = {
      {"StackId", event["StackId"].as_string()},
      {"Timestamp", format_iso8601(event["Timestamp"].as_time(), true)},
      {"EventId", event["EventId"].as_string()},
      {"LogicalResourceId", event["LogicalResourceId"].as_string()},
      {"Namespace", account},
      {"PhysicalResourceId", event["PhysicalResourceId"].as_string()},
      {"PrincipalId", stack["_operation"]["Caller"]["UserId"].as_string()},
      {"ResourceProperties", text(event["ResourceProperties"])},
      {"ResourceStatus", event["ResourceStatus"].as_string()},
      {"ResourceStatusReason", event["ResourceStatusReason"].as_string()},
      {"ResourceType", event["ResourceType"].as_string()},
      {"StackName", event["StackName"].as_string()},
      {"ClientRequestToken", text(event["ClientRequestToken"])}};
  std::string out;
  for (const auto& [name, value] : lines) out += std::string(name) + "='" + value + "'\n";
  return out;
}

}  // namespace

void publish_event(Call& call, const Value& stack, const Value& event) {
  for (const Value& topic : stack["NotificationARNs"].items()) {
    auto arn = wire::parse_arn(topic.as_string());
    if (!arn) continue;
    call.later({.service = "sns",
                .operation = "Publish",
                .input = Value::map({{"TopicArn", topic},
                                     {"Subject", "AWS CloudFormation Notification"},
                                     {"Message", message_of(stack, event, call.account)}}),
                .account = std::string(arn->account),
                .region = std::string(arn->region),
                .caller = to_caller(stack["_operation"]["Caller"]),
                .lane = "notify/" + stack["StackId"].as_string() + "/" + topic.as_string()});
  }
}

}  // namespace mainstay::formation
