// The configuration of `mainstay dns`: which zones there are, and how each is looked after.
//
//   zones:
//     example.com.:
//       file: zones/example.com.yaml   # beside the configuration; without it NAME + "yaml"
//       id: Z0123456789                # where several zones have the name
//       foreign: keep                  # what the file doesn't have stays; else "remove"
//       ours: [www, "api-*"]           # names that are the file's alone, also where foreign stays
//
// octoDNS's configuration reads too (its YamlProvider's directory, its Route53Provider as target);
// what it can say and we don't do is refused. Errors: "DnsConfigInvalid", with its place.
#pragma once

#include <string>
#include <vector>

#include "base/error.hh"

namespace mainstay::dns {

struct ZoneEntry {
  std::string name;  // normal
  std::string file;  // path
  std::string id;    // "" where the name says it
  bool keeps_foreign = false;
  std::vector<std::string> ours;  // patterns of names, relative to the zone, in lower case
  int64_t default_ttl = 3600;     // seconds, of records without one
  Position at;

  // Whether all sets of this name are the file's.
  bool owns(std::string_view name) const;
};

// path: of the configuration, which files are beside. Limits: zones_max zones.
Result<std::vector<ZoneEntry>> parse_zone_config(std::string_view text, const std::string& path);

inline constexpr size_t zones_max = 10'000;

}  // namespace mainstay::dns
