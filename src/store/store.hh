// The cloud's state: accounts x regions x services of documents, kept by a journal on disk.
//
// A shard is the state of one service in one account and region ("" where the service is wider). It
// holds tables of documents by id, in id order, with declared indexes. All access goes through a
// Unit, which holds the shard's lock: many readers or one writer. A writer's changes become one
// journal record at commit(); a Unit that ends without commit() leaves no trace. A record is with
// the operating system before commit() returns, so it survives kill -9 of this process (and, with
// Options::sync, a power cut).
//
// commit() lets go of the lock before it waits for the disk, so that units of one shard share one
// sync. What they changed is seen by others from then on; so a unit that only read commits too, and
// waits until what it may have seen is on the disk: nobody is told what a power cut can take back.
//
// The journal is compacted (written anew from the documents) once it is much longer than they are,
// at open and while units go on: a thread of the store's reads the documents a few at a time.
//
// A document refers to a blob by a member "Blob" with its name, at any depth. Blobs that none
// refers to (left by a process that was killed) are removed at open.
//
// Errors: "StateUnreadable" (damaged or unreadable), "StateLocked" (another process), "StateFull"
// (a write failed; the change was undone). Limits: a record is at most 1 GiB.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"
#include "store/documents.hh"

namespace mainstay::store {

class Journal;
class Blobs;
class Disk;
class Loader;
class Worker;
struct ArchiveCounts;
using ArchiveSink = std::function<Status(std::string_view)>;  // archive.hh
enum class RewritePoint;                                      // journal.hh

struct ShardKey {
  std::string service, account, region;
  auto operator<=>(const ShardKey&) const = default;
};

// A member of documents (a dotted path) by whose text they can be found.
struct Index {
  std::string service, table, path;
};

struct Options {
  std::string directory = {};  // empty: memory only
  std::string owner = {};      // written to the lock file, shown to whoever finds the state locked
  bool sync = false;           // fsync before every answer
  std::vector<Index> indexes = {};
  // The journal is compacted when it is longer than this and than four times what it is needed for.
  size_t compact_bytes_min = size_t{16} << 20;
  // Told, once, that compacting fails: the journal goes on growing. May be called by any thread.
  std::function<void(const Error&)> warn = {};
  std::function<Status(RewritePoint)> fault = {};  // called where a compaction stands; for tests
  Disk* disk = nullptr;                            // the journal's; the machine's unless given
};

// What the journal has grown to.
struct JournalState {
  size_t bytes = 0, live_bytes = 0;  // on disk; of it what the documents there are now need
  size_t compactions = 0;            // since the state was opened
};

// Documents and what finds them. Copies share, as those of Documents do.
class Table {
 public:
  const Documents& documents() const { return documents_; }
  // Puts (null: removes) a document.
  Documents::Replaced replace(std::string_view id, Value document);
  // One that is not there yet, as it was kept.
  void load(std::string_view id, std::string_view cbor);
  void add_index(std::string path);
  // Ids of the documents whose member at an indexed path has this text, in id order.
  std::vector<std::string> find(std::string_view path, std::string_view text) const;
  // Ids of up to count documents whose member at an indexed path has a text, and none that is
  // greater than this: those with the least first. The path must be declared.
  std::vector<std::string> first(std::string_view path, std::string_view text_max,
                                 size_t count) const;

 private:
  struct Lookup {
    std::string path;
    Documents ids;  // by text, a zero byte and the id: the id
  };
  void reindex(std::string_view id, const Value& before, const Value& after);
  Documents documents_;
  std::vector<Lookup> indexes_;
};

struct Shard {
  ShardKey key;
  mutable std::shared_mutex mutex;
  std::mutex turn;  // of those who wait for it: see Unit
  std::map<std::string, Table, std::less<>> tables;
  uint64_t written = 0;  // the journal's position behind the last record of this shard
};

class Store {
 public:
  // Opens or creates the state and replays its journal.
  static Result<std::unique_ptr<Store>> open(Options options);
  // What the state in a folder is like now, whoever has it: in memory, with changes that nobody
  // keeps. The folder is not changed, and what others do there later is not seen. Errors:
  // "StateMissing", "StateUnreadable".
  static Result<std::unique_ptr<Store>> open_snapshot(Options options);
  ~Store();

  Shard& shard(const ShardKey& key);
  // Every shard of a service, in key order.
  std::vector<Shard*> shards(std::string_view service);
  std::vector<Shard*> all_shards();
  Blobs& blobs() { return *blobs_; }
  // The state as it is at one moment, in memory: it shares what neither changes, and takes memory
  // for the rest. Changes of either are not seen by the other. It may outlive this store, and can't
  // be forked itself ("ForkUnsupported"). Waits until no unit is open, so the caller sees to it
  // that not many are. Takes time by the number of tables, not of documents.
  Result<std::unique_ptr<Store>> fork();
  // The whole state as it is at one moment, with its blobs (archive.hh), while units go on.
  Result<ArchiveCounts> export_to(const ArchiveSink& sink);
  // Such a state in the place of this one, in one step. Errors: "StateNotEmpty" unless `replace`,
  // "ForkUnsupported" of a fork and while there are forks, those of read_archive, "StateFull"; all
  // leave it as it was. The caller makes sure that no Unit
  // is open.
  Result<ArchiveCounts> import_from(std::string_view archive, bool replace);
  // Forgets everything, on disk too. The caller makes sure that no Unit is open.
  Status reset();
  size_t document_count();
  // How many documents there are, by service and table.
  std::map<std::pair<std::string, std::string>, size_t> table_sizes();
  // Replaces Options::owner in the lock file. No effect in memory.
  Status describe_owner(const std::string& owner);
  // Compacts the journal now. What fails ("StateFull") leaves the old one in force.
  Status compact();
  JournalState journal_state() const;
  // What replay had to say: "dropped 12 bytes of a half-written record", or "".
  const std::string& notice() const { return notice_; }

 private:
  friend class Unit;
  explicit Store(Options options);
  Table& table(Shard& shard, std::string_view name);
  Disk& disk() const;
  bool copy_shards_to(Store& to);
  Status replay();
  Status apply(const Value& record);
  void load(const Loader& loader);
  Status write_documents(Journal& to);
  Status take_over(Store& other);
  int64_t count_live_bytes();
  bool wants_compaction() const;
  void compact_if_wanted();
  void remove_forgotten_blobs();
  // A unit's record was appended: what the documents need changed by this much.
  void committed(int64_t live_bytes);

  Options options_;
  std::mutex mutex_;  // guards the map, not the shards
  std::map<ShardKey, std::unique_ptr<Shard>> shards_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<Blobs> blobs_;
  std::string notice_;
  bool forked_ = false;

  std::atomic<int64_t> live_bytes_ = 0;
  std::atomic<size_t> compactions_ = 0;
  std::atomic<size_t> retry_bytes_ = 0;  // after a failure: the length from which to try again
  std::mutex compacting_;
  std::atomic<bool> cancelled_ = false;  // whoever compacts should give up
  std::unique_ptr<Worker> worker_;
};

enum class Mode { read, write };

// One request's view of one shard. Not shared between threads. References to documents are valid
// until the document is changed or the Unit ends; copies are cheap and last.
class Unit {
 public:
  Unit(Store& store, Shard& shard, Mode mode);
  ~Unit();
  Unit(const Unit&) = delete;
  Unit& operator=(const Unit&) = delete;

  const Value* find(std::string_view table, std::string_view id) const;
  const Documents& all(std::string_view table) const;
  std::vector<std::string> find_by(std::string_view table, std::string_view path,
                                   std::string_view text) const;
  std::vector<std::string> first_by(std::string_view table, std::string_view path,
                                    std::string_view text_max, size_t count) const;
  // Only in Mode::write.
  void put(std::string_view table, std::string_view id, Value document);
  bool remove(std::string_view table, std::string_view id);
  // Journals and keeps the changes, ends the unit's view, and waits for the disk if the store does.
  // Where journalling fails ("StateFull") they are undone; where the disk fails they stay, though
  // nobody knows whether they are on it, and the store takes no more changes.
  Status commit();
  bool changed() const { return !undo_.empty(); }
  const ShardKey& key() const { return shard_.key; }
  // Lets go of the shard for a while. Only while nothing is changed; until acquire() nothing else
  // may be called, and what was read before may be gone after.
  void release();
  void acquire();

 private:
  struct Change {
    std::string table, id;
    Documents::Replaced replaced;
  };
  void take();
  void let_go();
  void roll_back();
  Status journal_changes();

  Store& store_;
  Shard& shard_;
  std::shared_lock<std::shared_mutex> reading_;
  std::unique_lock<std::shared_mutex> writing_;
  std::vector<Change> undo_;
};

}  // namespace mainstay::store
