// Files of a folder by patterns, as Apache Ant and formic (which stacker uses) have them: "*" and
// "?" within a name, "**" for any folders, "x/" for all below x; without a leading "/" at any
// depth.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/files.hh"

namespace mainstay::stacks {

bool matches_pattern(std::string_view pattern, std::string_view path);

struct FoundFile {
  std::string path;  // relative to the folder
  bool executable = false;
};

// Sorted; what version control and Python leave lying about is not among them. Limits: 20,000
// files, 64 folders deep ("FileTooLarge").
Result<std::vector<FoundFile>> find_files(const Files& files, const std::string& folder,
                                          const std::vector<std::string>& include,
                                          const std::vector<std::string>& exclude,
                                          bool follow_symlinks);

}  // namespace mainstay::stacks
