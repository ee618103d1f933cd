// A disk in memory that loses power, for tests and simulations.
//
// Until they are synced, changes are only in the system's memory: a power cut decides by its seed,
// file by file and sector by sector, what of them is on the disk. A file may end anywhere between
// its old length and its new one, sectors that were not written are as before (zeros behind the old
// end), one may be written in part, and of the names in a folder only the first few changes may
// be there. Copies are independent disks. Threads: any.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/random.hh"
#include "store/disk.hh"

namespace mainstay::store {

class SimulatedDisk : public Disk {
 public:
  SimulatedDisk() = default;
  // As the other is now, with files of its own.
  SimulatedDisk(const SimulatedDisk& other);
  // What the disk holds once power is back. Files that are open are of the time before.
  void cut_power(Random& random);
  // The next changes to fail: as many writes and syncs as this go well first.
  void fail_after(size_t changes);
  void heal() { fail_after(std::string::npos); }

  Status make_directory(const std::string&) override { return {}; }
  Result<std::unique_ptr<FolderLock>> lock(const std::string& directory,
                                           const std::string& owner) override;
  Result<std::shared_ptr<File>> open(const std::string& path, Open how) override;
  bool exists(const std::string& path) const override;
  Status rename(const std::string& from, const std::string& to) override;
  void remove(const std::string& path) override;
  Status sync_directory(const std::string& path) override;
  uint64_t free_bytes(const std::string&) const override { return UINT64_MAX; }

  std::string text(const std::string& path) const;  // "" where there is no such file
  void set_text(const std::string& path, std::string text);

 private:
  friend class SimulatedFile;
  struct Inode {
    std::string now, on_disk;
    std::set<size_t> unsynced;  // sectors
    std::string after_cut(Random& random) const;
  };
  using Names = std::map<std::string, std::shared_ptr<Inode>>;
  struct Naming {  // a change of names
    std::string from, to;
    std::shared_ptr<Inode> made;
  };
  static void apply(const Naming& naming, Names& names);
  void name(Naming naming);
  Status change();

  mutable std::mutex mutex_;
  Names now_, on_disk_;
  std::vector<Naming> unsynced_;
  size_t changes_left_ = std::string::npos;
};

}  // namespace mainstay::store
