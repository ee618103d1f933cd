// Domain names as Route 53 keeps, compares and orders them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mainstay::route53 {

// Lower case, ending in a dot, other bytes than letters, digits, '-', '_' as "\ooo" (so '*' is
// "\052"). nullopt: empty, a label over 63 bytes, the name over 255, an empty label, a bad escape.
std::optional<std::string> normal_name(std::string_view text);
// Labels in reverse order: "www.example.com." is "com.example.www.". Lists are in this order.
std::string reversed(std::string_view name);
// Is the name the zone's or below it?
bool in_zone(std::string_view name, std::string_view zone);

}  // namespace mainstay::route53
