// What the journal and the blobs ask of the disk. Errors carry the system's words.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hh"

namespace mainstay::store {

// "cannot open PATH: No such file or directory", from errno.
Error io_error(const std::string& what, const std::string& path, const char* code);
// All of it, at this offset of an open file. Errors: "StateFull".
Status write_all(int file, const std::string& path, std::string_view data, size_t offset);
// Until the names in a folder survive a power cut. Errors: "StateFull".
Status sync_directory(const std::string& directory);

}  // namespace mainstay::store
