#include "host/files.hh"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "host/descriptor.hh"

namespace mainstay {
namespace {

Error too_large(const std::string& path, size_t bytes_max) {
  return Error("FileTooLarge",
               path + " is larger than the limit of " + std::to_string(bytes_max) + " bytes");
}

Error not_found(const std::string& path) {
  return Error("FileNotFound", path + ": no such file or directory");
}

Error failed(const char* code, const std::string& path) {
  return errno == ENOENT ? not_found(path) : Error(code, path + ": " + std::strerror(errno));
}

Status write_all(int fd, std::string_view text, const std::string& path, bool synced = true) {
  while (!text.empty()) {
    ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("FileUnwritable", path);
    text.remove_prefix(static_cast<size_t>(n));
  }
  if (synced && ::fsync(fd) != 0) return failed("FileUnwritable", path);
  return {};
}

}  // namespace

Result<std::string> RealFiles::read(const std::string& path, size_t bytes_max) const {
  // Without O_NONBLOCK a pipe that nobody writes to would be waited for.
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat facts;
  if (file.get() < 0 || ::fstat(file.get(), &facts) != 0 || ::fcntl(file.get(), F_SETFL, 0) != 0)
    return failed("FileUnreadable", path);
  bool is_pipe = S_ISFIFO(facts.st_mode);
  if (!S_ISREG(facts.st_mode) && !is_pipe && !S_ISCHR(facts.st_mode))
    return Error("FileUnreadable", path + " is not a file");
  std::string text;
  char buffer[64 * 1024];
  while (true) {
    ssize_t n = ::read(file.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("FileUnreadable", path);
    if (n == 0 && text.empty() && is_pipe)
      return Error("FileUnreadable", path + " is a pipe that nobody writes to");
    if (n == 0) return text;
    text.append(buffer, static_cast<size_t>(n));
    if (text.size() > bytes_max) return too_large(path, bytes_max);
  }
}

Status RealFiles::write(const std::string& path, std::string_view text, int mode, bool synced) {
  std::error_code ignored;  // where it matters, the open below says why
  std::filesystem::create_directories(directory_of(path), ignored);
  std::string fresh = path + ".XXXXXX";
  Descriptor file(::mkostemp(fresh.data(), O_CLOEXEC));
  if (file.get() < 0) return failed("FileUnwritable", path);
  Status written = write_all(file.get(), text, path, synced);
  if (written && (::fchmod(file.get(), static_cast<mode_t>(mode)) != 0 ||
                  ::rename(fresh.c_str(), path.c_str()) != 0))
    written = failed("FileUnwritable", path);
  if (!written) ::unlink(fresh.c_str());
  return written;
}

Status RealFiles::append(const std::string& path, size_t tail_bytes,
                         const std::function<std::string(const FileTail&)>& next, bool synced) {
  std::error_code ignored;  // where it matters, the open below says why
  std::filesystem::create_directories(directory_of(path), ignored);
  constexpr mode_t for_the_owner = 0600;
  Descriptor file;
  struct stat facts{};
  // One that was removed while we waited for it is nobody's any more.
  while (facts.st_nlink == 0) {
    file = Descriptor(::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, for_the_owner));
    if (file.get() < 0) return failed("FileUnwritable", path);
    while (::flock(file.get(), LOCK_EX) != 0)
      if (errno != EINTR) return failed("FileUnwritable", path);
    if (::fstat(file.get(), &facts) != 0) return failed("FileUnwritable", path);
  }
  FileTail tail{static_cast<uint64_t>(facts.st_size), ""};
  tail.text.resize(std::min<uint64_t>(tail.size, tail_bytes));
  for (size_t have = 0; have < tail.text.size();) {
    auto from = static_cast<off_t>(tail.size - tail.text.size() + have);
    ssize_t n = ::pread(file.get(), tail.text.data() + have, tail.text.size() - have, from);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return failed("FileUnwritable", path);
    have += static_cast<size_t>(n);
  }
  std::string text = next(tail);
  if (text.empty()) return {};
  return write_all(file.get(), text, path, synced);
}

Status RealFiles::remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed("FileUnwritable", path);
  return {};
}

Result<std::vector<std::string>> RealFiles::list(const std::string& directory) const {
  std::error_code error;
  std::vector<std::string> names;
  std::filesystem::directory_iterator it(directory, error), end;
  for (; !error && it != end; it.increment(error)) names.push_back(it->path().filename().string());
  if (error)
    return Error(error == std::errc::no_such_file_or_directory ? "FileNotFound" : "FileUnreadable",
                 directory + ": " + error.message());
  std::sort(names.begin(), names.end());
  return names;
}

Result<FileFacts> RealFiles::facts(const std::string& path) const {
  struct stat found;
  if (::lstat(path.c_str(), &found) != 0) return failed("FileUnreadable", path);
  using Kind = FileFacts::Kind;
  Kind kind = S_ISREG(found.st_mode)   ? Kind::file
              : S_ISDIR(found.st_mode) ? Kind::directory
              : S_ISLNK(found.st_mode) ? Kind::symlink
                                       : Kind::other;
  constexpr int64_t second_ns = 1'000'000'000;
  return FileFacts{kind, (found.st_mode & S_IXUSR) != 0, static_cast<uint64_t>(found.st_size),
                   found.st_mtim.tv_sec * second_ns + found.st_mtim.tv_nsec};
}

Result<std::string> SimulatedFiles::read(const std::string& path, size_t bytes_max) const {
  std::scoped_lock lock(mutex_);
  auto it = files_.find(path);
  if (it == files_.end()) return not_found(path);
  if (it->second.size() > bytes_max) return too_large(path, bytes_max);
  return it->second;
}

Status SimulatedFiles::write(const std::string& path, std::string_view text, int, bool) {
  std::scoped_lock lock(mutex_);
  files_[path] = text;
  return {};
}

Status SimulatedFiles::append(const std::string& path, size_t tail_bytes,
                              const std::function<std::string(const FileTail&)>& next, bool) {
  std::scoped_lock lock(mutex_);
  std::string text = files_.contains(path) ? files_[path] : "";
  text += next({text.size(), text.substr(text.size() - std::min(text.size(), tail_bytes))});
  files_[path] = std::move(text);
  return {};
}

Status SimulatedFiles::remove(const std::string& path) {
  std::scoped_lock lock(mutex_);
  files_.erase(path);
  return {};
}

Result<std::vector<std::string>> SimulatedFiles::list(const std::string& directory) const {
  std::scoped_lock lock(mutex_);
  std::string prefix = directory + "/";
  std::vector<std::string> names;
  for (auto it = files_.lower_bound(prefix); it != files_.end() && it->first.starts_with(prefix);
       ++it) {
    std::string name = it->first.substr(prefix.size());
    name.resize(std::min(name.size(), name.find('/')));
    if (names.empty() || names.back() != name) names.push_back(name);
  }
  if (names.empty()) return not_found(directory);
  return names;
}

Result<FileFacts> SimulatedFiles::facts(const std::string& path) const {
  std::scoped_lock lock(mutex_);
  if (auto it = files_.find(path); it != files_.end())
    return FileFacts{FileFacts::Kind::file, false, it->second.size(), 0};
  auto inside = files_.lower_bound(path + "/");
  if (inside != files_.end() && inside->first.starts_with(path + "/"))
    return FileFacts{FileFacts::Kind::directory, true, 0, 0};
  return not_found(path);
}

std::string join_path(std::string_view directory, std::string_view name) {
  if (directory.empty() || name.starts_with('/')) return std::string(name);
  std::string path(directory);
  if (!path.ends_with('/')) path += '/';
  return path.append(name);
}

std::string directory_of(std::string_view path) {
  size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(path.substr(0, std::max<size_t>(slash, 1)));
}

}  // namespace mainstay
