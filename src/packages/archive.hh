// Archives taken apart, by libarchive: .tar, .tar.gz, .zip.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hh"

namespace mainstay::packages {

// Into a new folder; one that is there already stays as it is. Nothing is written outside of it.
// Limits: 100,000 entries, 1 GB in all. Error "PackageUnavailable" with the archive's name.
Status unpack(std::string_view bytes, const std::string& name, const std::string& folder);

}  // namespace mainstay::packages
