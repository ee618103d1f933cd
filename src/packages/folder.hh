// A folder of the cache, made whole or not at all.
#pragma once

#include <functional>
#include <string>

#include "base/error.hh"

namespace mainstay::packages {

// Where the folder is missing, fill is given another one beside it, which then gets its name.
// Error "FileUnwritable", and those of fill.
Status make_folder(const std::string& folder,
                   const std::function<Status(const std::string& fresh)>& fill);

}  // namespace mainstay::packages
