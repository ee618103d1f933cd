// Regular expressions as AWS's templates and schemas have them. RE2 where it can read them, in
// linear time. Pure.
#pragma once

#include <cstdint>
#include <string>

namespace mainstay::cfn {

enum class Match : uint8_t {
  yes,
  no,
  invalid,  // the pattern is no regular expression
  undecided
};

// Of a template (AllowedPattern, Java's dialect): what looks around or back goes to PCRE2, with a
// limit on its steps, beyond which it is undecided.
Match match_whole(const std::string& pattern, const std::string& text);
// Of a schema: undecided where RE2 can't read it, since schemas mix the dialects of their services.
Match find_in(const std::string& pattern, const std::string& text);

}  // namespace mainstay::cfn
