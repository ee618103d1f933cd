// What a record holds, as text, in one spelling: so that two spellings of a value are one value.
// Fields by type as in the types' RFCs (1035; 2782 SRV; 3403 NAPTR; 4034 DS; 4255 SSHFP; 6698 TLSA;
// 8659 CAA; 9460 SVCB and HTTPS) and "Supported DNS record types" of Route 53's developer guide.
// Names in lower case with a dot at the end, addresses as inet_ntop writes them, strings in quotes
// with bytes beyond printable ASCII as \ooo. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "dns/name.hh"

namespace mainstay::dns {

struct DataReading {
  std::string origin;  // of names that don't end in a dot (and of "@"); "" makes them whole
  Escapes escapes = Escapes::octal;
  bool strict = false;  // a name must end in a dot, since without one nobody can tell what it means
};

// Those that Route 53 can hold.
bool is_known_type(std::string_view type);
const std::vector<std::string>& known_types();
// Only one value a set.
bool is_single_valued(std::string_view type);

// Error "DnsZoneInvalid": which field is wrong, and what it should be.
Result<std::string> normal_data(std::string_view type, std::string_view text,
                                const DataReading& reading = {});

// Seconds: "3600", "1h30m", "2W" (BIND's units). Nothing where it is none.
std::optional<int64_t> parse_ttl(std::string_view text);

// A text of any length as quoted strings of at most 255 bytes each.
std::string quoted_strings(std::string_view text);

}  // namespace mainstay::dns
