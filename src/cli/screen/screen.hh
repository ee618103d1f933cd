// Writing to people: symbols, colours that only repeat them, durations, errors with the line they
// speak of. Whatever came from outside has its control characters neutralised here.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hh"
#include "host/files.hh"
#include "host/surroundings.hh"

namespace mainstay::cli {

enum class Ink : uint8_t { plain, good, bad, busy, faint, bold };

struct Style {
  bool colour = false;
  bool ascii = false;  // ACCESSIBLE=1: no symbols, no cursor movements
  std::string paint(Ink ink, std::string_view text) const;
};

// when: "auto", "always" or "never", as --color has it; NO_COLOR and TERM=dumb count for auto.
Style style_for(const std::string& when, const Terminal& terminal, const Environment& environment);

// "03:12", or "1:03:12" from an hour on.
std::string duration_text(int64_t ms);

// "0.3 s" below ten seconds, else as above: how long something took in all.
std::string took_text(int64_t ms);

// Words in lines of less than 80 columns, further lines indented as deep as the first begins; a
// word that is longer than a line stays whole.
std::string wrapped_text(const std::string& first_prefix, std::string_view text);

// The last thing before a terminal: nothing but our own colours drives it.
std::string only_colours(std::string_view text);
// Cut to less than `width` columns, counting code points and leaving escapes of colours whole.
std::string cut_to(const std::string& line, int width);

// "error[Code]: file:1:2: message" with the line and a mark under the column, then the hint, or
// where there is none, the command that says more.
std::string error_text(const Error& error, const Files& files, const Style& style);
// As a POSIX shell reads it back.
std::string shell_quoted(const std::string& text);
// The line that a position names, with a mark; "" if it can't be read.
std::string snippet(const Position& at, const Files& files);

}  // namespace mainstay::cli
