// The words of a master file (RFC 1035, 5.1), line by line: comments gone, parentheses joined,
// escapes and quotation marks left as they are. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"

namespace mainstay::dns {

struct MasterWord {
  std::string text;
  Position at;
};

struct MasterLine {
  bool begins_blank = false;  // it is about the owner of the line before
  std::vector<MasterWord> words;
};

// Error "DnsZoneInvalid" with the place: a quotation mark or parenthesis that is not closed.
Result<std::vector<MasterLine>> master_lines(std::string_view text, const std::string& file);

}  // namespace mainstay::dns
