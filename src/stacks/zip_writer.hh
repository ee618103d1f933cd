// A ZIP archive in memory: the same files give the same bytes. Source: PKWARE's APPNOTE.TXT.
#pragma once

#include <string>
#include <vector>

#include "base/error.hh"

namespace mainstay::stacks {

struct ZipEntry {
  std::string name;  // relative, with "/"
  std::string content;
  bool executable = false;
};

// Deflated, dated 1980-01-01, with modes 755 or 644. Limits: 65,535 entries and 4 GB, as without
// ZIP64; error "FileTooLarge".
Result<std::string> make_zip(const std::vector<ZipEntry>& entries);

}  // namespace mainstay::stacks
