// What the journal and the blobs ask of the disk. Errors carry the system's words.
//
// Disk is the journal's: a real one, and a simulated one (simulated_disk.hh) that loses power.
// What a power cut does to a write that was not synced is the disk's own affair: it may be there,
// not be there, or be there in parts, in any order; only sync() and sync_directory() end that.
// Threads: any method of a Disk; those of a File from any thread, but for one that writes at a
// time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.hh"

namespace mainstay::store {

inline constexpr size_t sector_bytes = 512;  // the least that disks write at once

// "cannot open PATH: No such file or directory", from errno.
Error io_error(const std::string& what, const std::string& path, const char* code);
// All of it, at this offset of an open file. Errors: "StateFull".
Status write_all(int file, const std::string& path, std::string_view data, size_t offset);
// Until the names in a folder survive a power cut. Errors: "StateFull".
Status sync_directory(const std::string& directory);

// The bytes of a file as they were when they were asked for.
class Contents {
 public:
  virtual ~Contents() = default;
  virtual std::string_view text() const = 0;
};

// An open file, closed at its end. Errors of reading: "StateUnreadable", of changing: "StateFull".
class File {
 public:
  virtual ~File() = default;
  virtual Result<std::unique_ptr<Contents>> contents() const = 0;
  // At most `size` bytes from `offset`; fewer only where the file ends.
  virtual Result<std::string> read(size_t offset, size_t size) const = 0;
  virtual Status write(std::string_view data, size_t offset) = 0;
  virtual Status truncate(size_t size) = 0;
  virtual Status sync() = 0;  // content and length, not the name
};

// A folder's lock, let go at its end.
class FolderLock {
 public:
  virtual ~FolderLock() = default;
  // What others who find the lock taken are told of us.
  virtual Status describe_owner(const std::string& owner) = 0;
};

class Disk {
 public:
  enum class Open { keep, empty };  // what a file that is there has in it
  virtual ~Disk() = default;
  virtual Status make_directory(const std::string& path) = 0;  // parents too
  // Errors: "StateLocked" with the owner's own words, "StateUnreadable".
  virtual Result<std::unique_ptr<FolderLock>> lock(const std::string& directory,
                                                   const std::string& owner) = 0;
  virtual Result<std::shared_ptr<File>> open(const std::string& path, Open how) = 0;
  virtual bool exists(const std::string& path) const = 0;
  virtual Status rename(const std::string& from, const std::string& to) = 0;  // in one step
  virtual void remove(const std::string& path) = 0;
  virtual Status sync_directory(const std::string& path) = 0;
  // Bytes that can still be written; a lot where that is not known.
  virtual uint64_t free_bytes(const std::string& path) const = 0;
};

// The machine's.
Disk& real_disk();

}  // namespace mainstay::store
