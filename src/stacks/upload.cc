#include "stacks/upload.hh"

#include "base/digest.hh"
#include "base/json.hh"
#include "base/text.hh"

namespace mainstay::stacks {
namespace {

Result<std::string> bucket_for(const Config& config, const StackConfig& stack) {
  if (auto bucket = default_bucket(config)) return bucket;
  return Error("TemplateTooLarge", "the template of stack " + stack.name +
                                       " is larger than 51,200 bytes, so it must go through S3")
      .where(config.at(stack))
      .with_hint("name a bucket with stacker_bucket");
}

// stacker's key, so that both find what the other has put there.
std::string key_for(const std::string& full_name, const std::string& name,
                    const std::string& body) {
  return "stack_templates/" + full_name + "/" + name + "-" + hex_encode(md5(body)).substr(0, 8) +
         ".json";
}

bool is_missing(const Error& error) {
  return error.status == 404 || error.code == "NoSuchBucket";
}

// AWS's own form: other implementations than AWS know it too, and find the object in themselves.
std::string address_of(const std::string& bucket, const std::string& key,
                       const std::string& region) {
  std::string suffix = region.starts_with("cn-") ? ".amazonaws.com.cn/" : ".amazonaws.com/";
  return "https://s3." + region + suffix + bucket + "/" + key;
}

}  // namespace

Result<std::string> default_bucket(const Config& config) {
  if (config.bucket && !config.bucket->empty()) return *config.bucket;
  if (!config.bucket && !config.name_space.empty()) return "stacker-" + config.full_name("");
  return Error("ConfigInvalid",
               "the configuration names no bucket, and has no namespace that one "
               "could be named after")
      .with_hint("name a bucket with stacker_bucket");
}

Status ensure_bucket(aws::Client& client, const std::string& bucket, const std::string& region) {
  auto there = client.call("s3", "HeadBucket", Value::map({{"Bucket", bucket}}), region);
  if (there) return {};
  if (!is_missing(there.error())) return there.error();
  Value input = Value::map({{"Bucket", bucket}});
  if (region != "us-east-1")
    input.set("CreateBucketConfiguration", Value::map({{"LocationConstraint", region}}));
  CHECK_OK(client.call("s3", "CreateBucket", input, region));
  return {};
}

Status upload_if_needed(const Session& session, const StackConfig& stack,
                        const CloudFormation& cloud, Submission& submission) {
  const Config& config = session.config;
  bool asked = config.bucket && !config.bucket->empty();
  if (!asked && submission.template_body.size() <= inline_template_bytes_max) return {};
  // Where no bucket can be named, a template may still fit without its white space.
  if (!asked && !default_bucket(config))
    if (auto document = parse_json(submission.template_body))
      if (std::string compact = to_json(*document); compact.size() <= inline_template_bytes_max) {
        submission.template_body = std::move(compact);
        return {};
      }
  TRY(std::string bucket, bucket_for(config, stack));
  std::string region = config.bucket_region.empty() ? cloud.region() : config.bucket_region;
  aws::Client& client = cloud.client();
  CHECK_OK(ensure_bucket(client, bucket, region));
  std::string key = key_for(submission.stack_name, stack.name, submission.template_body);
  Value input = Value::map({{"Bucket", bucket},
                            {"Key", key},
                            {"Body", Bytes{submission.template_body}},
                            {"ServerSideEncryption", "AES256"},
                            {"ACL", "bucket-owner-full-control"}});
  CHECK_OK(client.call("s3", "PutObject", input, region));
  submission.template_url = address_of(bucket, key, region);
  return {};
}

}  // namespace mainstay::stacks
