// Where a request came from, as far as conditions may ask: its client, its transport, and the VPC
// endpoint that it went through. A request goes through an endpoint if its host is one of the
// endpoint's names ("vpce-0123456789abcdef0-x.s3.us-east-1.vpce.amazonaws.com", or any other host
// whose first labels are such a name, as "vpce-0123456789abcdef0.localhost"). Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/http_message.hh"

namespace mainstay::cloud {

struct Origin {
  std::string user_agent;
  std::string referer;
  std::string vpc_endpoint;  // "vpce-0123456789abcdef0", "" without one
  // Not plain HTTP as far as policies see it. The cloud itself speaks no TLS; a rehearsal on one
  // machine counts as secure unless what stands in front says it came by "X-Forwarded-Proto: http".
  bool secure_transport = true;
  // How the request is signed, as S3's policies may ask ("Amazon S3 Signature Version 4
  // Authentication Specific Policy Keys", API reference): "REST-HEADER", "AWS4-HMAC-SHA256", the
  // payload's hash as the header has it, the time of the signature where it is in the URL. Empty
  // where there is none.
  std::string auth_type, signature_version, content_sha256, signed_at;

  static Origin of(const HttpRequest& http);
};

// A parameter of the URL's query, decoded; "" where there is none.
std::string query_parameter(const HttpRequest& http, std::string_view name);

// The bucket of an S3 host ("" in path style), where the host may be a VPC endpoint's: then the
// bucket stands before ".bucket." (S3 user guide, "AWS PrivateLink for Amazon S3").
std::string bucket_of_host(std::string_view host);

}  // namespace mainstay::cloud
