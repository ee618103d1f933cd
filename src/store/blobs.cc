#include "store/blobs.hh"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "store/disk.hh"

namespace mainstay::store {

namespace fs = std::filesystem;

// Two levels of folders, so that no folder grows past what file systems like.
std::string Blobs::path(std::string_view name) const {
  std::string n(name);
  return directory_ + "/" + n.substr(0, 2) + "/" + n;
}

Blobs::~Blobs() {
  if (view_ == 0) return;
  for (const std::string& name : sharing_->drop(view_)) erase(name);
}

std::unique_ptr<Blobs> Blobs::fork() {
  auto made = std::make_unique<Blobs>(directory_, false);
  made->memory_ = memory_;
  made->sharing_ = sharing_;
  made->view_ = sharing_->fork();
  return made;
}

Status Blobs::write(std::string_view name, std::string_view data) {
  sharing_->written(view_, name);
  if (directory_.empty()) {
    std::lock_guard guard(memory_->mutex);
    memory_->blobs.emplace(name, std::make_shared<const std::string>(data));
    return {};
  }
  std::string to = path(name);
  std::error_code code;
  fs::create_directories(fs::path(to).parent_path(), code);
  Status written = write_file(to, data);
  if (written.has_value() && sync_) written = sync_directory(fs::path(to).parent_path());
  if (written.has_value() && sync_) written = sync_directory(directory_);
  if (!written.has_value()) fs::remove(to, code);
  return written;
}

Status Blobs::write_file(const std::string& to, std::string_view data) const {
  int file = ::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return io_error("cannot open", to, "StateFull");
  Status written = write_all(file, to, data, 0);
  if (written.has_value() && sync_ && ::fdatasync(file) != 0)
    written = io_error("cannot sync", to, "StateFull");
  ::close(file);
  return written;
}

Result<std::string> Blobs::read(std::string_view name, size_t offset, size_t size) const {
  Error missing("BlobMissing", "stored data " + std::string(name) + " is gone", 500);
  if (directory_.empty()) {
    std::shared_ptr<const std::string> data;
    {
      std::lock_guard guard(memory_->mutex);
      auto it = memory_->blobs.find(name);
      if (it == memory_->blobs.end()) return missing;
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
  if (sharing_->let_go(view_, name)) erase(name);
}

void Blobs::erase(std::string_view name) {
  if (directory_.empty()) {
    std::lock_guard guard(memory_->mutex);
    if (auto it = memory_->blobs.find(name); it != memory_->blobs.end()) memory_->blobs.erase(it);
    return;
  }
  std::error_code code;
  fs::remove(path(name), code);
}

void Blobs::clear() {
  if (view_ != 0) {
    for (const std::string& name : sharing_->empty(view_)) erase(name);
    return;
  }
  for (const std::string& name : names()) remove(name);
}

std::vector<std::string> Blobs::names() const {
  if (!directory_.empty()) return names_on_disk();
  std::vector<std::string> names;
  std::lock_guard guard(memory_->mutex);
  for (const auto& [name, data] : memory_->blobs) names.push_back(name);
  return names;
}

std::vector<std::string> Blobs::names_on_disk() const {
  std::vector<std::string> names;
  std::error_code code;
  if (directory_.empty()) return names;
  for (fs::recursive_directory_iterator it(directory_, code), end; !code && it != end;
       it.increment(code))
    if (it->is_regular_file(code)) names.push_back(it->path().filename());
  return names;
}

}  // namespace mainstay::store
