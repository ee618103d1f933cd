// AWS Signature Version 4: sign, presign, verify. Source: IAM user guide, "Create a signed AWS API
// request"; S3 API reference, "Authenticating Requests". Pure: the time is a parameter.
//
// S3 differs: its path is encoded once and not normalised; others' is normalised and encoded twice.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "base/http_message.hh"
#include "base/time.hh"

namespace mainstay::wire {

struct Credentials {
  std::string access_key;
  std::string secret_key;
  std::string session_token;  // "" for long-term keys
};

enum class Payload : uint8_t {
  hashed,          // its SHA-256 is signed
  unsigned_body,   // UNSIGNED-PAYLOAD
  as_header_says,  // what x-amz-content-sha256 has, for streaming forms
};

struct SignOptions {
  Payload payload = Payload::hashed;
  bool content_sha256_header = false;  // add x-amz-content-sha256; S3 always does
  bool sign_token = true;              // false adds the session token after signing
};

// Adds X-Amz-Date, X-Amz-Security-Token and Authorization; Host must be there. The signature, in
// hex, is returned as the seed of a streaming body.
std::string sign(HttpRequest& request, const Credentials& credentials, std::string_view region,
                 std::string_view service, Time now, const SignOptions& options = {});

// Puts the signature into the query; expires in seconds.
void presign(HttpRequest& request, const Credentials& credentials, std::string_view region,
             std::string_view service, Time now, int64_t expires_s);

// Where a request's signature says it belongs.
struct Credential {
  std::string access_key;
  std::string date;  // YYYYMMDD
  std::string region;
  std::string service;
  std::string scope;  // date/region/service/aws4_request
  std::string signature;
  std::vector<std::string> signed_headers;
  bool presigned = false;
};

// Header and presigned forms. Errors: MissingAuthenticationToken, IncompleteSignature.
Result<Credential> parse_authorization(const HttpRequest& request);
// The same without the reason where it is absent or malformed.
std::optional<Credential> credential_of(const HttpRequest& request);

struct Verified {
  Credential credential;
  std::string signing_key;  // for the chunks of a streaming body
  Time signed_at;
};

// The secret of an access key, nothing where there is no such key.
using SecretOf = std::function<std::optional<std::string>(std::string_view access_key)>;

// Of a presigned request, whoever's key it is: that each x-amz-* header that it has is signed.
// Error "AccessDenied", with HeadersNotSigned.
Status check_all_signed(const HttpRequest& request);

// Errors are AWS's, 403 but for malformed ones: SignatureDoesNotMatch, InvalidClientTokenId
// (S3: InvalidAccessKeyId), RequestTimeTooSkewed and AccessDenied "Request has expired" (S3),
// RequestExpired and SignatureDoesNotMatch "Signature expired" (others), XAmzContentSHA256Mismatch.
Result<Verified> verify(const HttpRequest& request, const SecretOf& secret_of, Time now,
                        int64_t skew_ms = 15 * 60 * 1000);

// The steps, for tests and streaming.
std::string canonical_request(const HttpRequest& request,
                              const std::vector<std::string>& signed_headers,
                              std::string_view payload_hash, bool s3,
                              bool without_signature_parameter = false);
std::string string_to_sign(std::string_view canonical, std::string_view amz_date,
                           std::string_view scope);
std::string signing_key(std::string_view secret, std::string_view date, std::string_view region,
                        std::string_view service);

}  // namespace mainstay::wire
