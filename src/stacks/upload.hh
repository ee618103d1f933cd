// Templates that are too large for a request go through S3, as all do where the configuration
// names a stacker_bucket.
#pragma once

#include "stacks/session.hh"

namespace mainstay::stacks {

// A request takes templates of 51,200 bytes (CloudFormation user guide, "quotas").
constexpr size_t inline_template_bytes_max = 51'200;

// Uploads the body and puts its address into the submission, or leaves both as they are. Makes the
// bucket if it is missing.
Status upload_if_needed(const Session& session, const StackConfig& stack,
                        const CloudFormation& cloud, Submission& submission);

// Where templates and functions go: stacker_bucket, else "stacker-" and the namespace. Error
// "ConfigInvalid".
Result<std::string> default_bucket(const Config& config);
Status ensure_bucket(aws::Client& client, const std::string& bucket, const std::string& region);

}  // namespace mainstay::stacks
