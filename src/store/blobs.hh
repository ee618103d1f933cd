// Bulk bytes beside the documents: a blob is written once under a fresh name, whole or in pieces,
// then read in parts or removed. On disk a file each under "blobs/", in memory pieces of a MiB.
// Threads: any.
//
// What is pinned outlives its removal: whoever is reading it goes on doing so.
//
// A fork has the blobs that there are, whatever the original removes later, and its own beside
// them, which the original does not see; they go with the fork. Those of a process that was killed
// are files that no document refers to.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "store/blob_sharing.hh"

namespace mainstay::store {

class Blobs {
 public:
  // directory "": memory. sync: what was written survives a power cut.
  explicit Blobs(std::string directory, bool sync = false);
  ~Blobs();
  Blobs(const Blobs&) = delete;
  Blobs& operator=(const Blobs&) = delete;
  // Of the original only; may outlive it.
  std::unique_ptr<Blobs> fork();
  bool has_forks() const { return sharing_->has_forks(); }

  // Errors: "StateFull". name: letters, digits and dashes, never used before.
  Status write(std::string_view name, std::string_view data);
  // A blob in the making: nobody sees it before keep(), and without that it goes with its writer.
  // One thread at a time; must not outlive its Blobs.
  class Writer {
   public:
    virtual ~Writer() = default;
    virtual Status write(std::string_view data) = 0;  // errors: "StateFull"
    virtual Status keep() = 0;                        // the same
  };
  Result<std::unique_ptr<Writer>> begin(std::string name);
  // The same bytes under a second, fresh name, without copying them where the disk can. Errors:
  // "BlobMissing", "StateFull".
  Status link(std::string_view from, const std::string& to);
  // Reads what has been removed meanwhile, for as long as it lives. May outlive the Blobs.
  class Pinned {
   public:
    virtual ~Pinned() = default;
    virtual Result<std::string> read(std::string_view name, size_t offset, size_t size) const = 0;
  };
  std::shared_ptr<const Pinned> pin(std::vector<std::string> names) const;
  // At most `size` bytes from `offset`. Errors: "BlobMissing".
  Result<std::string> read(std::string_view name, size_t offset = 0,
                           size_t size = std::string::npos) const;
  void remove(std::string_view name);
  void clear();
  std::vector<std::string> names() const;
  // Of every blob on disk; those of a process that was killed are among them, whole or not.
  std::vector<std::string> names_on_disk() const;

 private:
  class FileWriter;
  class MemoryWriter;
  class Pins;
  struct Kept;  // where the bytes are, shared with forks and pins
  Status copy(std::string_view from, const std::string& to);

  std::shared_ptr<Kept> kept_;
  bool sync_;
  std::shared_ptr<BlobSharing> sharing_ = std::make_shared<BlobSharing>();
  BlobSharing::View view_ = 0;
};

}  // namespace mainstay::store
