#include "cloud/refused_key.hh"

namespace mainstay::cloud {
namespace {

// SQS went from the query protocol to JSON and kept its codes (its model's awsQueryCompatible).
bool is_json(std::string_view service, wire::Protocol protocol) {
  return service != "sqs" &&
         (protocol == wire::Protocol::json_1_0 || protocol == wire::Protocol::json_1_1);
}

}  // namespace

// Sources: each service's "Common Errors"; S3 API reference, "List of error codes"; EC2 API
// reference, "Error codes for the Amazon EC2 API".
Error invalid_key(std::string_view service, wire::Protocol protocol) {
  if (service == "s3")
    return aws_error("InvalidAccessKeyId",
                     "The AWS Access Key Id you provided does not exist in our records.", 403);
  if (service == "ec2")
    return aws_error("AuthFailure", "AWS was not able to validate the provided access credentials",
                     401);
  constexpr const char* words = "The security token included in the request is invalid.";
  if (is_json(service, protocol)) return aws_error("UnrecognizedClientException", words);
  return aws_error("InvalidClientTokenId", words, 403);
}

// Sources: as above; EC2's as clients of it report it (aws-sdk-java issue 1443), SQS's too
// (aws-sdk-java issue 2802).
Error expired_key(std::string_view service, wire::Protocol protocol) {
  if (service == "s3") return aws_error("ExpiredToken", "The provided token has expired.");
  if (service == "ec2") return aws_error("RequestExpired", "Request has expired.");
  constexpr const char* words = "The security token included in the request is expired";
  if (is_json(service, protocol)) return aws_error("ExpiredTokenException", words);
  return aws_error("ExpiredToken", words, 403);
}

}  // namespace mainstay::cloud
