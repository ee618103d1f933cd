// Master files (RFC 1035, 5; BIND 9 Administrator Reference Manual, "Zone File"): $ORIGIN, $TTL,
// $INCLUDE, $GENERATE, parentheses, escapes, TTLs with units. Class IN only.
//
// Errors: "DnsZoneInvalid" with the place; those of reading an included file. Limits: files nested
// master_depth_max deep, master_records_max records.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/error.hh"

namespace mainstay::dns {

inline constexpr int master_depth_max = 8;
inline constexpr size_t master_records_max = 1'000'000;

struct MasterRecord {
  std::string name;  // normal
  std::string type;
  int64_t ttl = 0;   // seconds
  std::string data;  // in normal form; as it stands where Route 53 has no such type
  Position at;
};

using ReadFile = std::function<Result<std::string>(const std::string& path)>;

// file: its path, which included ones are beside. zone: normal, the first origin. A record outside
// of the zone is an error, as is one without any TTL.
Result<std::vector<MasterRecord>> parse_master_file(const std::string& file,
                                                    const std::string& zone, const ReadFile& read);

// $GENERATE's text for one number: "$", "${offset,width,base}", "\$". Error without a place.
Result<std::string> generated_text(std::string_view pattern, int64_t number);

}  // namespace mainstay::dns
