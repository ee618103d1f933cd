// Small whole files: configurations, templates, credentials, state. Paths are the system's.
//
// Errors: "FileNotFound", "FileTooLarge", "FileUnreadable", "FileUnwritable", each naming the path.
// Threads: every method may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"

namespace mainstay {

// What is at a path, not looked at through a symbolic link.
struct FileFacts {
  enum class Kind : uint8_t { file, directory, symlink, other } kind = Kind::other;
  bool executable = false;  // by its owner
  uint64_t bytes = 0;
  int64_t changed_ns = 0;  // only good for telling that it was changed
};

// What stands at the end of a file that is appended to.
struct FileTail {
  uint64_t size = 0;  // of the whole file, in bytes
  std::string text;   // its last bytes, as many as were asked for
};

class Files {
 public:
  virtual ~Files() = default;
  // The whole file; refuses more than bytes_max, and anything that is not a regular file or pipe.
  virtual Result<std::string> read(const std::string& path, size_t bytes_max) const = 0;
  // All or nothing, even through a crash: a new file is synced and renamed over the old one.
  // Makes missing parent directories. mode as of chmod. Not synced, it takes no wait for the disk:
  // for what can be made again.
  virtual Status write(const std::string& path, std::string_view text, int mode = 0644,
                       bool synced = true) = 0;
  // Appends what `next` makes of the file's end; "" appends nothing. Whoever appends to the same
  // file meanwhile, in any process, waits. A missing file is made (mode 0600), its directories too.
  // With `synced` it is on disk when this returns. Error "FileUnwritable".
  virtual Status append(const std::string& path, size_t tail_bytes,
                        const std::function<std::string(const FileTail&)>& next, bool synced) = 0;
  // Of a file that is not there: nothing to do.
  virtual Status remove(const std::string& path) = 0;
  // Names in a directory, sorted bytewise.
  virtual Result<std::vector<std::string>> list(const std::string& directory) const = 0;
  virtual Result<FileFacts> facts(const std::string& path) const = 0;
};

class RealFiles : public Files {
 public:
  Result<std::string> read(const std::string& path, size_t bytes_max) const override;
  Status write(const std::string& path, std::string_view text, int mode = 0644,
               bool synced = true) override;
  Status append(const std::string& path, size_t tail_bytes,
                const std::function<std::string(const FileTail&)>& next, bool synced) override;
  Status remove(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& directory) const override;
  Result<FileFacts> facts(const std::string& path) const override;
};

// Files in memory, by path.
class SimulatedFiles : public Files {
 public:
  SimulatedFiles() = default;
  explicit SimulatedFiles(std::map<std::string, std::string> files) : files_(std::move(files)) {}
  Result<std::string> read(const std::string& path, size_t bytes_max) const override;
  Status write(const std::string& path, std::string_view text, int mode = 0644,
               bool synced = true) override;
  Status append(const std::string& path, size_t tail_bytes,
                const std::function<std::string(const FileTail&)>& next, bool synced) override;
  Status remove(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& directory) const override;
  Result<FileFacts> facts(const std::string& path) const override;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> files_;
};

// "dir/name"; name itself where it is absolute or dir is empty.
std::string join_path(std::string_view directory, std::string_view name);
// The directory of a path, "." where it has none.
std::string directory_of(std::string_view path);

}  // namespace mainstay
