// Domain names in one spelling: lower case, a dot at the end, every byte but letters, digits, '-',
// '_' as \ooo, three octal digits, as Route 53 stores them ("Route 53 Developer Guide, DNS domain
// name format"); so that two spellings of a name are one. Pure. Limits: RFC 1035's, 63 bytes a
// label, 255 a name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hh"

namespace mainstay::dns {

inline constexpr int64_t ttl_max = 2147483647;  // seconds; RFC 2181, 8

// Something that no zone can hold.
inline Error zone_error(std::string message) {
  return Error("DnsZoneInvalid", std::move(message));
}

// What \NNN means: Route 53 and its API write octal digits, master files (RFC 1035, 5.1) decimal.
enum class Escapes : uint8_t { octal, decimal };

// Nothing where the text is no name; "" and "@" are none. A missing dot at the end is added.
std::optional<std::string> normal_name(std::string_view text, Escapes escapes = Escapes::octal);
// As people write it: a wildcard's "*" stays itself.
std::string shown_name(std::string_view normal);
// As master files write it: \NNN with decimal digits.
std::string decimal_name(std::string_view normal);
// Both normal.
bool in_zone(std::string_view name, std::string_view zone);
// "" of the zone itself, "www" of www.example.com. in example.com.; as people write it.
std::string relative_name(std::string_view name, std::string_view zone);

// Whether a name as it is written ends in a dot that is not escaped.
bool is_whole(std::string_view text);

// One byte of a text in which \NNN and \c stand for bytes; moves at beyond it. Nothing where an
// escape is cut short or more than a byte.
std::optional<char> read_byte(std::string_view text, size_t& at, Escapes escapes);
// "\ooo"
std::string octal_escape(char byte);

}  // namespace mainstay::dns
