#include "store/blobs.hh"

#include <filesystem>
#include <fstream>

namespace mainstay::store {

namespace fs = std::filesystem;

// Two levels of folders, so that no folder grows past what file systems like.
std::string Blobs::path(std::string_view name) const {
  std::string n(name);
  return directory_ + "/" + n.substr(0, 2) + "/" + n;
}

Status Blobs::write(std::string_view name, std::string_view data) {
  if (directory_.empty()) {
    std::lock_guard guard(mutex_);
    memory_.emplace(name, std::make_shared<const std::string>(data));
    return {};
  }
  std::error_code code;
  fs::create_directories(fs::path(path(name)).parent_path(), code);
  std::ofstream file(path(name), std::ios::binary | std::ios::trunc);
  file.write(data.data(), static_cast<std::streamsize>(data.size()));
  file.close();
  if (!file) {
    fs::remove(path(name), code);
    return Error("StateFull", "cannot write " + path(name), 500);
  }
  return {};
}

Result<std::string> Blobs::read(std::string_view name, size_t offset, size_t size) const {
  Error missing("BlobMissing", "stored data " + std::string(name) + " is gone", 500);
  if (directory_.empty()) {
    std::shared_ptr<const std::string> data;
    {
      std::lock_guard guard(mutex_);
      auto it = memory_.find(name);
      if (it == memory_.end()) return missing;
      data = it->second;
    }
    return offset >= data->size() ? std::string() : data->substr(offset, size);
  }
  std::error_code code;
  size_t total = fs::file_size(path(name), code);
  if (code) return missing;
  std::ifstream file(path(name), std::ios::binary);
  std::string out(offset >= total ? 0 : std::min(size, total - offset), '\0');
  file.seekg(static_cast<std::streamoff>(offset));
  file.read(out.data(), static_cast<std::streamsize>(out.size()));
  if (!file) return missing;
  return out;
}

void Blobs::remove(std::string_view name) {
  if (directory_.empty()) {
    std::lock_guard guard(mutex_);
    if (auto it = memory_.find(name); it != memory_.end()) memory_.erase(it);
    return;
  }
  std::error_code code;
  fs::remove(path(name), code);
}

void Blobs::clear() {
  std::lock_guard guard(mutex_);
  memory_.clear();
  std::error_code code;
  if (!directory_.empty()) fs::remove_all(directory_, code);
}

}  // namespace mainstay::store
