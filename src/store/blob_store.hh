// Where blobs' bytes are: files of a folder, or pieces in memory; and which of them are pinned.
// Shared by a Blobs, its forks and whoever reads. Threads: any.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "store/blobs.hh"

namespace mainstay::store {

inline constexpr size_t blob_piece_bytes = 1 << 20;
Error blob_missing(std::string_view name);

// Whole pieces but for the last, so that any place is found at once, and nothing is held twice.
struct BlobPieces {
  std::vector<std::string> pieces;
  size_t size = 0;
  void append(std::string_view data);
  std::string read(size_t offset, size_t size) const;
};

struct Blobs::Kept {
  explicit Kept(std::string folder) : directory(std::move(folder)) {}
  const std::string directory;  // "": memory
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<const BlobPieces>, std::less<>> memory;
  std::map<std::string, int, std::less<>> pinned;  // and how often
  std::set<std::string, std::less<>> doomed;       // removed while pinned

  bool on_disk() const { return !directory.empty(); }
  // Two levels of folders, so that no folder grows past what file systems like.
  std::string path(std::string_view name) const;
  std::string spool_path(std::string_view name) const { return spool() + "/" + std::string(name); }
  std::string spool() const { return directory + "/spool"; }
  std::shared_ptr<const BlobPieces> find(std::string_view name);
  Result<std::string> read(std::string_view name, size_t offset, size_t size);
  void erase(std::string_view name);
  void erase_now(std::string_view name);
  void pin(const std::vector<std::string>& names);
  void unpin(const std::vector<std::string>& names);
};

}  // namespace mainstay::store
