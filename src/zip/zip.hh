// ZIP files, whole and in memory: unpacked into a folder, and made.
//
// Unpacking trusts nothing: names that leave the folder, links that point out of it, devices,
// encrypted entries and more than the limits are refused before anything is written.
// Errors: "ZipInvalid" (which entry and why), "ZipTooLarge", "FileUnwritable".
// Threads: any; nothing is shared.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hh"

namespace mainstay {

struct ZipLimits {
  uint64_t unpacked_bytes_max = 0;
  size_t entries_max = 100'000;
};

// The bytes of all entries, as the directory of the file says and unpacking holds it to.
Result<uint64_t> check_zip(std::string_view bytes, const ZipLimits& limits);
// Into a folder that is there and empty. Files keep their permissions, and are readable at least.
Status unzip(std::string_view bytes, const std::string& folder, const ZipLimits& limits);
// Names and texts, in this order; the same ones make the same bytes.
Result<std::string> make_zip(const std::vector<std::pair<std::string, std::string>>& files);

}  // namespace mainstay
