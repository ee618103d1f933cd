// Text from outside, made harmless: shown, it can't drive a terminal, reorder what stands beside it
// or pass for lines of ours. No locale; never throws; what is harmless stays as it is.
#pragma once

#include <string>
#include <string_view>

namespace mainstay {

// Escaped as \xNN or \u{NNNN}: control characters (C0 but newline and tab, DEL, C1), those that
// change the direction of writing or end lines (U+061C, U+200E/F, U+2028-202E, U+2066-2069), and
// bytes that are not UTF-8.
std::string printable(std::string_view text);
// The same in one line: newlines and tabs too, as \n and \t.
std::string one_line(std::string_view text);
// JSON as it was written, with the same characters as \uNNNN; bytes that are not UTF-8 become
// U+FFFD. Equal for every reader of JSON.
std::string printable_json(std::string_view json);

}  // namespace mainstay
