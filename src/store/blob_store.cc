#include "store/blob_store.hh"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace mainstay::store {

namespace fs = std::filesystem;

Error blob_missing(std::string_view name) {
  return Error("BlobMissing", "stored data " + std::string(name) + " is gone", 500);
}

void BlobPieces::append(std::string_view data) {
  size += data.size();
  while (!data.empty()) {
    if (pieces.empty() || pieces.back().size() == blob_piece_bytes) pieces.emplace_back();
    std::string& last = pieces.back();
    size_t n = std::min(data.size(), blob_piece_bytes - last.size());
    // A blob of a few pieces is rounded up by no more than its last append.
    if (last.capacity() < last.size() + n)
      last.reserve(last.empty() ? n : std::min(blob_piece_bytes, (last.size() + n) * 2));
    last.append(data.substr(0, n));
    data.remove_prefix(n);
  }
}

std::string BlobPieces::read(size_t offset, size_t most) const {
  std::string out;
  if (offset >= size) return out;
  most = std::min(most, size - offset);
  out.reserve(most);
  while (out.size() < most) {
    const std::string& piece = pieces[offset / blob_piece_bytes];
    size_t from = offset % blob_piece_bytes;
    size_t n = std::min(most - out.size(), piece.size() - from);
    out.append(piece, from, n);
    offset += n;
  }
  return out;
}

std::string Blobs::Kept::path(std::string_view name) const {
  std::string n(name);
  return directory + "/" + n.substr(0, 2) + "/" + n;
}

std::shared_ptr<const BlobPieces> Blobs::Kept::find(std::string_view name) {
  std::lock_guard guard(mutex);
  auto it = memory.find(name);
  return it == memory.end() ? nullptr : it->second;
}

Result<std::string> Blobs::Kept::read(std::string_view name, size_t offset, size_t size) {
  if (!on_disk()) {
    auto found = find(name);
    if (!found) return blob_missing(name);
    return found->read(offset, size);
  }
  std::error_code code;
  size_t total = fs::file_size(path(name), code);
  if (code) return blob_missing(name);
  std::ifstream file(path(name), std::ios::binary);
  std::string out(offset >= total ? 0 : std::min(size, total - offset), '\0');
  file.seekg(static_cast<std::streamoff>(offset));
  file.read(out.data(), static_cast<std::streamsize>(out.size()));
  if (!file) return blob_missing(name);
  return out;
}

void Blobs::Kept::erase(std::string_view name) {
  {
    std::lock_guard guard(mutex);
    if (pinned.contains(name)) {
      doomed.emplace(name);
      return;
    }
  }
  erase_now(name);
}

void Blobs::Kept::erase_now(std::string_view name) {
  if (!on_disk()) {
    std::lock_guard guard(mutex);
    if (auto it = memory.find(name); it != memory.end()) memory.erase(it);
    return;
  }
  std::error_code code;
  // What a killed process was still writing has its name, too.
  if (!fs::remove(path(name), code)) fs::remove(spool_path(name), code);
}

void Blobs::Kept::pin(const std::vector<std::string>& names) {
  std::lock_guard guard(mutex);
  for (const std::string& name : names) ++pinned[name];
}

void Blobs::Kept::unpin(const std::vector<std::string>& names) {
  std::vector<std::string> gone;
  {
    std::lock_guard guard(mutex);
    for (const std::string& name : names) {
      auto it = pinned.find(name);
      if (--it->second > 0) continue;
      pinned.erase(it);
      if (doomed.erase(name) > 0) gone.push_back(name);
    }
  }
  for (const std::string& name : gone) erase_now(name);
}

}  // namespace mainstay::store
