// An append-only file of checked records, and the lock that keeps its folder to one process.
//
// A record is a little-endian u32 length, the u32 CRC-32C of the payload, and the payload. A record
// cut short at the end of the file is a write that was never acknowledged: it is dropped. Damage
// anywhere else is an error, since acknowledged writes would be lost. Threads: append from any.
//
// rewrite() puts another file in the journal's place while appends go on: what its caller writes,
// then the records that were appended since it began, copied behind it, the last few of them while
// appends wait. Until the rename the old file is the journal, from then on the new one, and each
// has every acknowledged record at that moment.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "base/error.hh"

namespace mainstay::store {

// Where a rewrite stands, in order: the new file is empty; a part of what is to stand in it does;
// most of the tail does; that is on the disk; all is in the new file and appends wait; the new file
// is the journal; appends go on.
enum class RewritePoint { begun, documents, tail, synced, switching, renamed, finished };
// Called at each of them (tests stop the world there). An error before `renamed` fails the rewrite
// as a failing disk would, later ones have no effect.
using RewriteFault = std::function<Status(RewritePoint)>;

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
  // Replaces the records up to now by those that `write` appends, in one step. One at a time. Where
  // it fails ("StateFull") the journal is as before.
  Status rewrite(const std::function<Status(Journal&)>& write, const RewriteFault& fault = {});
  size_t size() const { return size_; }  // bytes
  // What others who find the lock taken are told of us.
  Status describe_owner(const std::string& owner);

 private:
  Journal(std::string directory, bool sync) : directory_(std::move(directory)), sync_(sync) {}
  std::string path() const { return directory_ + "/journal"; }
  std::string new_path() const { return directory_ + "/journal.new"; }
  Status fill(Journal& fresh, const std::function<Status(Journal&)>& write,
              const RewriteFault& fault);
  Status copy_tail(Journal& fresh, size_t& copied);
  Status sync_to_disk();

  std::string directory_;
  bool sync_;
  int lock_ = -1;
  int file_ = -1;
  std::atomic<size_t> size_ = 0;
  bool named_on_disk_ = false;  // the folder's entry for file_ was synced
  std::mutex mutex_;            // file_ and what is written to it
};

}  // namespace mainstay::store
