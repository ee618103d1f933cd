// Bulk bytes beside the documents: a blob is written once under a fresh name, then read in parts or
// removed. On disk a file each under "blobs/", in memory a string each. Threads: any.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"

namespace mainstay::store {

class Blobs {
 public:
  // directory "": memory. sync: what was written survives a power cut.
  explicit Blobs(std::string directory, bool sync = false)
      : directory_(std::move(directory)), sync_(sync) {}

  // Errors: "StateFull". name: letters, digits and dashes, never used before.
  Status write(std::string_view name, std::string_view data);
  // At most `size` bytes from `offset`. Errors: "BlobMissing".
  Result<std::string> read(std::string_view name, size_t offset = 0,
                           size_t size = std::string::npos) const;
  void remove(std::string_view name);
  void clear();
  // Of every blob on disk; those of a process that was killed are among them, whole or not.
  std::vector<std::string> names_on_disk() const;

 private:
  std::string path(std::string_view name) const;
  Status write_file(const std::string& path, std::string_view data) const;
  std::string directory_;
  bool sync_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const std::string>, std::less<>> memory_;
};

}  // namespace mainstay::store
