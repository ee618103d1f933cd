// The queues, topics and functions of a notification configuration: which events they want, how
// they are sent to, and whether they let S3 in.
#pragma once

#include <string>
#include <string_view>

#include "services/s3/bucket.hh"

namespace mainstay::s3 {

struct TargetKind {
  const char *list, *arn, *word;  // members of the configuration; what errors call the ARN
  std::string_view service;
  // Why a configuration is refused: S3 may not, or there is no such target ("*": its ARN).
  std::string_view not_allowed, missing;
};
inline constexpr TargetKind target_kinds[] = {
    {"QueueConfigurations", "QueueArn", "Queue", "sqs",
     "Permissions on the destination queue do not allow S3 to publish notifications from this "
     "bucket",
     "The destination queue does not exist"},
    {"TopicConfigurations", "TopicArn", "Topic", "sns",
     "Permissions on the destination topic do not allow S3 to publish notifications from this "
     "bucket",
     "The destination topic does not exist"},
    {"LambdaFunctionConfigurations", "LambdaFunctionArn", "CloudFunction", "lambda",
     "Not authorized to invoke function [*]", "Not authorized to invoke function [*]"}};

std::string arn_of_bucket(const Value& bucket);
// Whether a row of the configuration is for that event ("ObjectCreated:Put") of that key.
bool wants(const Value& row, std::string_view event, std::string_view key);
// A message to a target, once the change is kept.
void send(Call& call, const Value& bucket, const std::string& target, std::string message);
// Whether the target takes messages of this bucket, asked with the test message that S3 sends.
// Blocks; under no lock. Error: why it does not, in S3's words.
Status try_target(Call& call, const Value& bucket, const TargetKind& kind, const std::string& arn);

}  // namespace mainstay::s3
