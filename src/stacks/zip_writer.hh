// A ZIP archive in memory: the same files give the same bytes.
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

// Deflated, dated 1980-01-01, with modes 755 or 644. Limit: 65,535 entries ("FileTooLarge").
Result<std::string> make_zip(const std::vector<ZipEntry>& entries);

}  // namespace mainstay::stacks
