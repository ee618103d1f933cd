// Amazon Resource Names: arn:partition:service:region:account:resource.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hh"

namespace mainstay::wire {

struct Arn {
  std::string partition = "aws";
  std::string service;
  std::string region;    // "" for global services
  std::string account;   // "" for S3 and a few others
  std::string resource;  // the rest, colons and slashes included

  // What comes before and after the first '/' or ':' of the resource; type is "" without one.
  std::string_view resource_type() const;
  std::string_view resource_id() const;
  std::string to_string() const;
  bool operator==(const Arn&) const = default;
};

// Error "InvalidArn". Limit: 2048 bytes (IAM's for an ARN).
Result<Arn> parse_arn(std::string_view text);

}  // namespace mainstay::wire
