#include "store/disk.hh"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace mainstay::store {

Error io_error(const std::string& what, const std::string& path, const char* code) {
  return Error(code, what + " " + path + ": " + std::strerror(errno), 500);
}

Status write_all(int file, const std::string& path, std::string_view data, size_t offset) {
  while (!data.empty()) {
    ssize_t n = ::pwrite(file, data.data(), data.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return io_error("cannot write", path, "StateFull");
    data.remove_prefix(static_cast<size_t>(n));
    offset += static_cast<size_t>(n);
  }
  return {};
}

Status sync_directory(const std::string& directory) {
  int file = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool synced = file >= 0 && ::fsync(file) == 0;
  Status status;
  if (!synced) status = io_error("cannot sync", directory, "StateFull");
  if (file >= 0) ::close(file);
  return status;
}

}  // namespace mainstay::store
