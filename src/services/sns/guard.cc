// What decisions about requests ask SNS: a topic's policy and tags. Source: SNS developer guide,
// "Example cases for Amazon SNS access control".
#include "cloud/authorization.hh"

#include "base/json.hh"
#include "services/sns/handlers.hh"
#include "wire/arn.hh"

namespace mainstay::sns {
namespace {

constexpr std::string_view arn_members[] = {"TopicArn", "TargetArn", "ResourceArn",
                                            "SubscriptionArn"};

Result<wire::Arn> arn_in(const Value& in) {
  for (std::string_view member : arn_members)
    if (in.has(member)) return wire::parse_arn(in[member].as_string());
  return aws_error("InvalidParameter", "no ARN");
}

}  // namespace

std::string account_meant(const Value& in) {
  auto arn = arn_in(in);
  return arn.has_value() && arn->service == "sns" ? arn->account : "";
}

Status guard(Call& call, const Value& in, cloud::Authorization& authorization) {
  // Set for principals of IAM, and for alarms of the same account, which need no policy of their
  // own
  // ("Amazon SNS and CloudWatch" of the CloudWatch user guide); other services do.
  const Value& acting = call.caller.details;
  auto source = wire::parse_arn(acting["SourceArn"].as_string());
  if (call.caller.kind != cloud::Caller::Kind::service)
    authorization.request.context.set("aws:SourceOwner", call.caller.account);
  else if (acting["Service"].as_string() == "cloudwatch.amazonaws.com" && source.has_value())
    authorization.request.context.set("aws:SourceOwner", source->account);
  auto arn = arn_in(in);
  if (!arn.has_value()) return {};
  const Value* topic = call.find("topic", arn->resource.substr(0, arn->resource.find(':')));
  if (!topic) return {};
  authorization.request.resource = (*topic)["TopicArn"].as_string();
  authorization.resource_tags((*topic)["_Tags"]);
  return authorization.add(policy::Kind::resource,
                           "policy of topic " + (*topic)["TopicName"].as_string(),
                           to_json((*topic)["_Policy"]));
}

}  // namespace mainstay::sns
