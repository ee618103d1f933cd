// An append-only file of checked records (records.hh), and the lock that keeps its folder to one
// process. Threads: append and wait from any.
//
// append() hands a record to the operating system. With `sync`, wait() then waits until the disk
// has it: whoever comes first syncs for all that were appended by then, so that many writers share
// one sync. A sync that fails is an error for all who wait, and for all appends after it: what the
// disk has then is not known until the journal is opened or written anew.
//
// rewrite() puts another file in the journal's place while appends go on: what its caller writes,
// then the records that were appended since it began, copied behind it, the last few of them while
// appends wait. Until the rename the old file is the journal, from then on the new one, and each
// has every acknowledged record at that moment.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "base/error.hh"
#include "store/disk.hh"

namespace mainstay::store {

// Where a rewrite stands, in order: the new file is empty; a part of what is to stand in it does;
// most of the tail does; that is on the disk; all is in the new file and appends wait; the new file
// is the journal; appends go on.
enum class RewritePoint { begun, documents, tail, synced, switching, renamed, finished };
// Called at each of them (tests stop the world there). An error before `renamed` fails the rewrite
// as a failing disk would, later ones have no effect.
using RewriteFault = std::function<Status(RewritePoint)>;

struct Replayed {
  size_t dropped = 0;            // bytes of a torn end
  uint64_t dropped_records = 0;  // whole ones among them, behind what was lost
};

class Journal {
 public:
  // Takes the folder's lock (made if absent). owner is kept in the lock file for others to read.
  static Result<std::unique_ptr<Journal>> open(Disk& disk, const std::string& directory,
                                               const std::string& owner, bool sync);
  // Says in the file what is known to be on the disk.
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Hands over every record from the start, and tells the end: until then what was handed over
  // stands. Then the file is ready for append. A torn end is dropped; if whole records stand in it,
  // it is kept beside the journal. Errors: "StateUnreadable", also where the file is damaged.
  Result<Replayed> replay(const std::function<Status(std::string_view)>& record,
                          const std::function<void()>& end);
  // The position to wait() for.
  Result<uint64_t> append(std::string_view payload);
  // Until what was appended up to a position survives a power cut; at once without `sync`.
  Status wait(uint64_t position);
  // Replaces the records up to now by those that `write` appends, in one step. One at a time. Where
  // it fails ("StateFull") the journal is as before.
  Status rewrite(const std::function<Status(Journal&)>& write, const RewriteFault& fault = {});
  size_t size() const { return size_; }  // bytes
  Status describe_owner(const std::string& owner) { return lock_->describe_owner(owner); }

 private:
  Journal(Disk& disk, std::string directory, bool sync)
      : disk_(disk), directory_(std::move(directory)), sync_(sync) {}
  std::string path() const { return directory_ + "/journal"; }
  std::string new_path() const { return directory_ + "/journal.new"; }
  std::string dropped_path() const { return directory_ + "/journal.dropped"; }
  Status drop_end(std::string_view text, size_t from, bool keep);
  Status write(std::string_view bytes);
  Status fill(Journal& fresh, const std::function<Status(Journal&)>& write,
              const RewriteFault& fault);
  Status switch_to(Journal& fresh, size_t& copied, const RewriteFault& fault);
  Status copy_tail(Journal& fresh, size_t& copied);
  void begin_file();
  Status sync_file(const std::shared_ptr<File>& file, bool named);
  Status sync_appended();

  Disk& disk_;
  std::string directory_;
  bool sync_;
  std::unique_ptr<FolderLock> lock_;

  std::mutex mutex_;  // the file, what is written to it, and all down to the next mutex
  std::shared_ptr<File> file_;
  uint64_t file_number_ = 0;
  std::atomic<size_t> size_ = 0;
  uint64_t appended_ = 0;       // bytes since the journal was opened, in whatever file
  std::string to_come_;         // a head or a mark, to go before the next record
  bool named_on_disk_ = false;  // the folder's entry for file_ was synced

  std::mutex sync_mutex_;  // taken while mutex_ is held, never the other way
  std::condition_variable synced_;
  bool syncing_ = false;  // one who waits does it for all
  uint64_t durable_ = 0;  // of appended_
  Status sync_failure_;
};

}  // namespace mainstay::store
