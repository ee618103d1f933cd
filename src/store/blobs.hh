// Bulk bytes beside the documents: a blob is written once under a fresh name, then read in parts or
// removed. On disk a file each under "blobs/", in memory a string each. Threads: any.
//
// A fork has the blobs that there are, whatever the original removes later, and its own beside
// them, which the original does not see; they go with the fork. Those of a process that was killed
// are files that no document refers to.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "store/blob_sharing.hh"

namespace mainstay::store {

class Blobs {
 public:
  // directory "": memory. sync: what was written survives a power cut.
  explicit Blobs(std::string directory, bool sync = false)
      : directory_(std::move(directory)), sync_(sync) {}
  ~Blobs();
  Blobs(const Blobs&) = delete;
  Blobs& operator=(const Blobs&) = delete;
  // Of the original only; may outlive it.
  std::unique_ptr<Blobs> fork();
  bool has_forks() const { return sharing_->has_forks(); }

  // Errors: "StateFull". name: letters, digits and dashes, never used before.
  Status write(std::string_view name, std::string_view data);
  // At most `size` bytes from `offset`. Errors: "BlobMissing".
  Result<std::string> read(std::string_view name, size_t offset = 0,
                           size_t size = std::string::npos) const;
  void remove(std::string_view name);
  void clear();
  std::vector<std::string> names() const;
  // Of every blob on disk; those of a process that was killed are among them, whole or not.
  std::vector<std::string> names_on_disk() const;

 private:
  struct Memory {
    std::mutex mutex;
    std::map<std::string, std::shared_ptr<const std::string>, std::less<>> blobs;
  };
  std::string path(std::string_view name) const;
  Status write_file(const std::string& path, std::string_view data) const;
  void erase(std::string_view name);
  std::string directory_;
  bool sync_;
  std::shared_ptr<Memory> memory_ = std::make_shared<Memory>();
  std::shared_ptr<BlobSharing> sharing_ = std::make_shared<BlobSharing>();
  BlobSharing::View view_ = 0;
};

}  // namespace mainstay::store
