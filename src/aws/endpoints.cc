#include "aws/endpoints.hh"

#include <algorithm>
#include <array>

namespace mainstay::aws {
namespace {

struct Partition {
  std::string_view region_prefix;
  std::string_view suffix;
};
constexpr std::array<Partition, 4> partitions{{{"cn-", "amazonaws.com.cn"},
                                               {"us-iso-", "c2s.ic.gov"},
                                               {"us-isob-", "sc2s.sgov.gov"},
                                               {"", "amazonaws.com"}}};

// Services with one endpoint for a partition.
struct Global {
  std::string_view endpoint_prefix;
  std::string_view region_prefix;
  std::string_view host;
  std::string_view signing_region;
};
constexpr std::array<Global, 9> globals{{
    {"iam", "us-gov-", "iam.us-gov.amazonaws.com", "us-gov-west-1"},
    {"iam", "cn-", "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"},
    {"iam", "", "iam.amazonaws.com", "us-east-1"},
    {"route53", "us-gov-", "route53.us-gov.amazonaws.com", "us-gov-west-1"},
    {"route53", "cn-", "route53.amazonaws.com.cn", "cn-northwest-1"},
    {"route53", "", "route53.amazonaws.com", "us-east-1"},
    {"cloudfront", "cn-", "cloudfront.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"},
    {"cloudfront", "", "cloudfront.amazonaws.com", "us-east-1"},
    {"organizations", "", "organizations.us-east-1.amazonaws.com", "us-east-1"},
}};

bool is_region(std::string_view region) {
  return !region.empty() && region.size() <= 32 && region.contains('-') &&
         std::ranges::all_of(region, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

// Usable as a host name under a wildcard certificate: no dots, no upper case.
bool fits_in_host(std::string_view bucket) {
  return bucket.size() >= 3 && bucket.size() <= 63 && bucket.front() != '-' &&
         bucket.back() != '-' && std::ranges::all_of(bucket, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

}  // namespace

Result<Endpoint> endpoint_of(std::string_view endpoint_prefix, std::string_view region) {
  if (!is_region(region))
    return Error("RegionInvalid", "\"" + std::string(region) + "\" is not the name of a region")
        .with_hint("regions are named like eu-west-1");
  std::string host, signing_region(region);
  for (const Global& global : globals)
    if (global.endpoint_prefix == endpoint_prefix && region.starts_with(global.region_prefix)) {
      host = global.host;
      signing_region = global.signing_region;
      break;
    }
  for (const Partition& partition : partitions)
    if (host.empty() && region.starts_with(partition.region_prefix))
      host = std::string(endpoint_prefix) + "." + std::string(region) + "." +
             std::string(partition.suffix);
  return Endpoint{{"https", host, 443, "", ""}, signing_region};
}

void move_bucket_to_host(HttpRequest& request, http::Url& url) {
  std::string_view path = request.path;
  if (!path.starts_with('/')) return;
  std::string_view bucket = path.substr(1, path.find('/', 1) - 1);
  if (!fits_in_host(bucket)) return;
  url.host = std::string(bucket) + "." + url.host;
  std::string rest(path.substr(1 + bucket.size()));
  request.path = rest.empty() ? "/" : rest;
}

}  // namespace mainstay::aws
