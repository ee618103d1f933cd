#include "store/disk.hh"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <limits>

#include "base/text.hh"

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

namespace {

// A file mapped for reading: a journal may be as large as memory.
class Mapping : public Contents {
 public:
  Mapping(void* start, size_t size) : start_(start), size_(size) {}
  ~Mapping() override { ::munmap(start_, size_); }
  std::string_view text() const override { return {static_cast<const char*>(start_), size_}; }

 private:
  void* start_;
  size_t size_;
};

struct Nothing : Contents {
  std::string_view text() const override { return {}; }
};

class RealFile : public File {
 public:
  RealFile(int file, std::string path) : file_(file), path_(std::move(path)) {}
  ~RealFile() override { ::close(file_); }

  Result<std::unique_ptr<Contents>> contents() const override {
    struct stat info{};
    if (::fstat(file_, &info) != 0) return io_error("cannot read", path_, "StateUnreadable");
    size_t size = static_cast<size_t>(info.st_size);
    if (size == 0) return std::make_unique<Nothing>();
    void* start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file_, 0);
    if (start == MAP_FAILED) return io_error("cannot read", path_, "StateUnreadable");
    return std::make_unique<Mapping>(start, size);
  }

  Result<std::string> read(size_t offset, size_t size) const override {
    std::string out(size, '\0');
    size_t done = 0;
    while (done < size) {
      ssize_t n = ::pread(file_, out.data() + done, size - done, static_cast<off_t>(offset + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return io_error("cannot read", path_, "StateUnreadable");
      if (n == 0) break;
      done += static_cast<size_t>(n);
    }
    out.resize(done);
    return out;
  }

  Status write(std::string_view data, size_t offset) override {
    return write_all(file_, path_, data, offset);
  }
  Status truncate(size_t size) override {
    if (::ftruncate(file_, static_cast<off_t>(size)) == 0) return {};
    return io_error("cannot shorten", path_, "StateFull");
  }
  Status sync() override {
    if (::fdatasync(file_) == 0) return {};
    return io_error("cannot sync", path_, "StateFull");
  }

 private:
  int file_;
  std::string path_;
};

std::string first_line(int file) {
  char buffer[512];
  ssize_t n = ::pread(file, buffer, sizeof buffer, 0);
  return n <= 0 ? "" : printable(trim(std::string_view(buffer, static_cast<size_t>(n))));
}

class RealLock : public FolderLock {
 public:
  RealLock(int file, std::string path) : file_(file), path_(std::move(path)) {}
  ~RealLock() override { ::close(file_); }
  Status describe_owner(const std::string& owner) override {
    std::string line = owner + "\n";
    if (::ftruncate(file_, 0) != 0 || ::pwrite(file_, line.data(), line.size(), 0) < 0)
      return io_error("cannot write", path_, "StateUnreadable");
    return {};
  }

 private:
  int file_;
  std::string path_;
};

class RealDisk : public Disk {
 public:
  // What is made is synced level by level: a folder that a power cut takes back would take with it
  // what was synced inside.
  Status make_directory(const std::string& path) override {
    namespace fs = std::filesystem;
    std::error_code code;
    fs::path whole = fs::absolute(path, code).lexically_normal(), made;
    for (const fs::path& level : whole) {
      fs::path parent = made;
      made /= level;
      if (level.empty() || fs::exists(made, code)) continue;
      if (fs::create_directory(made, code)) {
        CHECK_OK(store::sync_directory(parent.string()));
      } else if (code) {
        return Error("StateUnreadable", "cannot make " + path + ": " + code.message(), 500);
      }
    }
    return {};
  }

  Result<std::unique_ptr<FolderLock>> lock(const std::string& directory,
                                           const std::string& owner) override {
    std::string path = directory + "/lock";
    int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return io_error("cannot open", path, "StateUnreadable");
    auto lock = std::make_unique<RealLock>(file, path);
    if (::flock(file, LOCK_EX | LOCK_NB) == 0) {
      CHECK_OK(lock->describe_owner(owner));
      return lock;
    }
    std::string holder = first_line(file);
    return Error("StateLocked",
                 "the state in " + directory + " is in use by another mainstay" +
                     (holder.empty() ? "" : ": " + holder),
                 500)
        .with_hint("stop that process, talk to its endpoint, or give another --state");
  }

  Result<std::shared_ptr<File>> open(const std::string& path, Open how) override {
    int flags = O_RDWR | O_CREAT | O_CLOEXEC | (how == Open::empty ? O_TRUNC : 0);
    int file = ::open(path.c_str(), flags, 0600);
    if (file < 0)
      return io_error("cannot open", path, how == Open::empty ? "StateFull" : "StateUnreadable");
    return std::make_shared<RealFile>(file, path);
  }

  bool exists(const std::string& path) const override { return ::access(path.c_str(), F_OK) == 0; }
  Status rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) == 0) return {};
    return io_error("cannot replace", to, "StateFull");
  }
  void remove(const std::string& path) override { ::unlink(path.c_str()); }
  Status sync_directory(const std::string& path) override { return store::sync_directory(path); }
  uint64_t free_bytes(const std::string& path) const override {
    std::error_code code;
    auto space = std::filesystem::space(path, code);
    return code ? std::numeric_limits<uint64_t>::max() : space.available;
  }
};

}  // namespace

Disk& real_disk() {
  static RealDisk disk;
  return disk;
}

}  // namespace mainstay::store
