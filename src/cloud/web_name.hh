// Names by which browsers reach a server and by which they tell where a page is from. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mainstay::cloud {

// A host as it stands in a Host header or an origin: "localhost:4566", "[::1]", "a.b.c.".
struct WebHost {
  std::string name;       // lower case, without a closing dot; IPv6 without brackets
  std::string authority;  // name and port as browsers write them: no port where none was given
  bool is_address = false;
  // On this machine: localhost and what is below it (RFC 6761, 6.3), 127/8, ::1, 0.0.0.0.
  bool is_loopback() const;
  // A name that no stranger can make point here: an address; one label, as containers have; below
  // localhost; below internal (reserved for private use by ICANN, 2024).
  bool is_near() const;
  // AWS's own: its partitions' DNS suffixes, which botocore's partitions.json lists, and what is
  // below them (an S3 bucket, an endpoint).
  bool is_aws() const;
};
// Nothing for what is no host: other characters, empty labels, a port that is no number.
std::optional<WebHost> parse_web_host(std::string_view text);

// An origin ("https://example.com:8443"), or the one that a Referer begins with.
struct WebOrigin {
  std::string text;  // "null" for an opaque one
  std::optional<WebHost> host;
};
WebOrigin parse_web_origin(std::string_view text);

}  // namespace mainstay::cloud
