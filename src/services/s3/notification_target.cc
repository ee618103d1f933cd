#include "services/s3/notification_target.hh"

#include "base/json.hh"
#include "cloud/cloud.hh"
#include "cloud/partition.hh"
#include "cloud/target.hh"
#include "wire/arn.hh"
#include "wire/server.hh"

namespace mainstay::s3 {
namespace {

constexpr std::string_view us = "s3.amazonaws.com";

cloud::Caller acting_for(const Value& bucket) {
  return cloud::Caller::service_for(bucket["_account"].as_string(), us, arn_of_bucket(bucket));
}

std::optional<cloud::Delivery> delivery_of(const std::string& target, std::string message) {
  auto arn = wire::parse_arn(target);
  if (!arn.has_value()) return std::nullopt;
  auto out = cloud::delivery_to(*arn, std::move(message));
  if (out && out->service == "sns") out->input.set("Subject", "Amazon S3 Notification");
  return out;
}

// "Event message structure", the test message.
std::string test_message(const Call& call, const Value& bucket) {
  return to_json(Value::map({{"Service", "Amazon S3"},
                             {"Event", "s3:TestEvent"},
                             {"Time", format_iso8601(call.now, true)},
                             {"Bucket", bucket["Name"]},
                             {"RequestId", call.request_id},
                             {"HostId", wire::s3_host_id(call.request_id)}}));
}

// A refusal does not tell whether there is something, so it is looked for.
bool exists(Call& call, const TargetKind& kind, const wire::Arn& arn) {
  Value in = kind.service == "sqs" ? Value::map({{"QueueUrl", cloud::queue_url(arn)}})
                                   : Value::map({{"TopicArn", arn.to_string()}});
  std::string_view look = kind.service == "sqs" ? "GetQueueAttributes" : "GetTopicAttributes";
  if (kind.service == "lambda") return true;  // both are told in the same words
  auto free = cloud::Caller::service_principal(arn.account, us);
  return call.cloud.invoke(free, arn.account, arn.region, kind.service, look, std::move(in))
      .has_value();
}

std::string with_arn(std::string_view words, const std::string& arn) {
  size_t star = words.find('*');
  if (star == std::string_view::npos) return std::string(words);
  return std::string(words.substr(0, star)) + arn + std::string(words.substr(star + 1));
}

}  // namespace

std::string arn_of_bucket(const Value& bucket) {
  return "arn:" + std::string(cloud::partition_of(bucket["BucketRegion"].as_string())) +
         ":s3:::" + bucket["Name"].as_string();
}

bool wants(const Value& row, std::string_view event, std::string_view key) {
  bool is_named = false;
  for (const Value& named : row["Events"].items()) {
    std::string_view pattern = named.as_string();
    if (pattern.starts_with("s3:")) pattern.remove_prefix(3);
    bool is_family = pattern.ends_with('*');
    if (is_family) pattern.remove_suffix(1);
    is_named |= is_family ? event.starts_with(pattern) : event == pattern;
  }
  if (!is_named) return false;
  for (const Value& rule : row["Filter"]["Key"]["FilterRules"].items()) {
    const std::string& text = rule["Value"].as_string();
    bool is_prefix = rule["Name"].as_string() == "Prefix";
    if (is_prefix ? !key.starts_with(text) : !key.ends_with(text)) return false;
  }
  return true;
}

// Events of one bucket reach one target in their order.
void send(Call& call, const Value& bucket, const std::string& target, std::string message) {
  auto delivery = delivery_of(target, std::move(message));
  if (!delivery) return;
  delivery->caller = acting_for(bucket);
  delivery->lane = bucket["Name"].as_string() + '/' + target;
  call.later(std::move(*delivery));
}

Status try_target(Call& call, const Value& bucket, const TargetKind& kind, const std::string& arn) {
  auto test = delivery_of(arn, test_message(call, bucket));
  if (!test) return Error("InvalidArn", "The ARN is not well formed");
  if (kind.service == "lambda") test->input.set("InvocationType", "DryRun");
  auto answer = call.cloud.invoke(acting_for(bucket), test->account, test->region, test->service,
                                  test->operation, std::move(test->input));
  if (answer.has_value()) return {};
  bool is_there = exists(call, kind, *wire::parse_arn(arn));
  return Error(answer.error().code, with_arn(is_there ? kind.not_allowed : kind.missing, arn));
}

}  // namespace mainstay::s3
