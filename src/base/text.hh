// Small text helpers: no locale, bytes in and out, never throw.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/printable.hh"

namespace mainstay {

std::vector<std::string> split(std::string_view text, std::string_view separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string_view trim(std::string_view text);  // ASCII white space
std::string to_lower(std::string_view text);   // ASCII only
std::string to_upper(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b);
std::string replace_all(std::string_view text, std::string_view from, std::string_view to);
// A whole decimal integer, nothing else around it.
std::optional<int64_t> parse_int(std::string_view text);
std::optional<double> parse_real(std::string_view text);  // also NaN, Infinity, -Infinity

std::string base64_encode(std::string_view bytes);
std::optional<std::string> base64_decode(
    std::string_view text);                      // strict alphabet, padding optional
std::string hex_encode(std::string_view bytes);  // lower case
std::optional<std::string> hex_decode(std::string_view text);

// RFC 3986: everything but unreserved characters becomes %XX; '/' too unless keep_slash.
std::string percent_encode(std::string_view text, bool keep_slash = false);
// Malformed escapes stay as they are. plus_is_space as in form bodies.
std::string percent_decode(std::string_view text, bool plus_is_space = false);

// '*' any run, '?' one byte; in time linear in text times the number of stars at worst.
bool glob_match(std::string_view pattern, std::string_view text);

// Valid UTF-8?
bool is_utf8(std::string_view text);
bool is_account_id(std::string_view text);  // twelve digits, as AWS numbers accounts
// Code points of valid UTF-8.
size_t utf8_length(std::string_view text);
// Edit distance, and the candidate nearest to word if near enough to be a likely misspelling.
size_t edit_distance(std::string_view a, std::string_view b);
std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates);

}  // namespace mainstay
