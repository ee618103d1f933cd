// An append-only file of checked records, and the lock that keeps its folder to one process.
//
// A record is a little-endian u32 length, the u32 CRC-32C of the payload, and the payload. A record
// cut short at the end of the file is a write that was never acknowledged: it is dropped. Damage
// anywhere else is an error, since acknowledged writes would be lost. Threads: append from any.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "base/error.hh"

namespace mainstay::store {

class Journal {
 public:
  // Takes the folder's lock (made if absent). owner is kept in the lock file for others to read.
  static Result<std::unique_ptr<Journal>> open(const std::string& directory,
                                               const std::string& owner, bool sync);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Hands over every record from the start; then the file is ready for append. Returns how many
  // bytes of a half-written tail were dropped.
  Result<size_t> replay(const std::function<Status(std::string_view)>& record);
  Status append(std::string_view payload);
  // Replaces the whole content by the records that `write` appends, in one step.
  Status rewrite(const std::function<Status(Journal&)>& write);
  size_t size() const { return size_; }
  // What others who find the lock taken are told of us.
  Status describe_owner(const std::string& owner);

 private:
  Journal(std::string directory, bool sync) : directory_(std::move(directory)), sync_(sync) {}
  std::string path() const { return directory_ + "/journal"; }

  std::string directory_;
  bool sync_;
  int lock_ = -1;
  int file_ = -1;
  size_t size_ = 0;
  std::mutex mutex_;
};

}  // namespace mainstay::store
