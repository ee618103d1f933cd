// A git repository at one revision, in a folder. By libgit2: https, git, ssh (keys of the agent),
// file:// and plain paths.
//
// Errors: "PackageUnavailable" with git's own words, "Interrupted". Threads: any; the same folder
// by one at a time (two programs that fetch the same both succeed).
#pragma once

#include <stop_token>
#include <string>

#include "base/error.hh"

namespace mainstay::packages {

// The commit that a branch of the remote is at; its HEAD where branch is "".
Result<std::string> remote_commit(const std::string& uri, const std::string& branch,
                                  const std::stop_token& stop);

// Files of a commit or tag, in a new folder; one that is there already stays as it is.
Status fetch_git(const std::string& uri, const std::string& revision, const std::string& folder,
                 const std::stop_token& stop);

}  // namespace mainstay::packages
