// Where a service is, and for which region its requests are signed.
// Source: AWS General Reference, "AWS service endpoints" and each service's page.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/http_message.hh"
#include "http/url.hh"

namespace mainstay::aws {

struct Endpoint {
  http::Url url;
  std::string signing_region;
};

// Error "RegionInvalid" for text that is no region's name.
Result<Endpoint> endpoint_of(std::string_view endpoint_prefix, std::string_view region);

// S3's virtual-hosted style: moves the bucket from the start of the path into the host, where the
// bucket's name allows it.
void move_bucket_to_host(HttpRequest& request, http::Url& url);

}  // namespace mainstay::aws
