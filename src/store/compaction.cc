// The journal written anew while units go on, and blobs that nothing refers to.
//
// Documents are read a few at a time under their shard's lock, so what is written was committed,
// but at different moments. That is right because the records appended since the rewrite began
// follow behind: each has whole documents, so the last one to speak of a document has the last
// word, and a document of which none speaks has not changed since.
#include <set>

#include "store/blob_names.hh"
#include "store/blobs.hh"
#include "store/disk.hh"
#include "store/journal.hh"
#include "store/record.hh"
#include "store/worker.hh"

namespace mainstay::store {
namespace {

constexpr int64_t waste_max = 4;                // bytes of journal a byte of documents
constexpr size_t documents_at_once = 256;       // read under one lock
constexpr size_t record_bytes = 256 << 10;      // about how long a record becomes
constexpr size_t space_left_min = 1 << 20;      // on the disk, once the new file is written
constexpr const char* cancelled = "Cancelled";  // by a reset or the end of the store

struct Named {
  std::string id, cbor;
};

// The next few documents of a table behind `after` (nullptr: from the first).
std::vector<Named> some_of(const Shard& shard, const std::string& table, const std::string* after) {
  std::vector<Named> out;
  std::shared_lock lock(shard.mutex);
  auto found = shard.tables.find(table);
  if (found == shard.tables.end()) return out;
  const Documents& documents = found->second.documents();
  for (auto it = after ? documents.upper_bound(*after) : documents.begin();
       it != documents.end() && out.size() < documents_at_once; ++it)
    out.push_back({it.id(), it.cbor()});
  return out;
}

std::vector<std::string> tables_of(const Shard& shard) {
  std::vector<std::string> names;
  std::shared_lock lock(shard.mutex);
  for (const auto& [name, table] : shard.tables) names.push_back(name);
  return names;
}

}  // namespace

Status Store::write_documents(Journal& to) {
  for (Shard* shard : all_shards()) {
    RecordWriter record(shard->key);
    for (const std::string& table : tables_of(*shard)) {
      auto some = some_of(*shard, table, nullptr);
      while (!some.empty()) {
        std::string last = some.back().id;
        for (const Named& named : some) {
          record.add(table, named.id, named.cbor);
          if (record.bytes() > record_bytes) CHECK_OK(to.append(record.take()));
        }
        if (cancelled_) return Error(cancelled, "there is no need to compact the journal", 500);
        if (options_.fault) CHECK_OK(options_.fault(RewritePoint::documents));
        some = some_of(*shard, table, &last);
      }
    }
    if (record.count() > 0) CHECK_OK(to.append(record.take()));
  }
  return {};
}

Status Store::compact() {
  if (!journal_) return {};
  std::lock_guard guard(compacting_);
  // Writes must not fail because a compaction, which will fail too, has taken the last of the disk.
  size_t needed = journal_state().live_bytes + space_left_min;
  if (uint64_t free = disk().free_bytes(options_.directory); free < needed)
    return Error("StateFull",
                 "too little space on the disk: " + std::to_string(free) + " bytes of " +
                     std::to_string(needed),
                 500);
  CHECK_OK(journal_->rewrite([this](Journal& to) { return write_documents(to); }, options_.fault));
  ++compactions_;
  return {};
}

JournalState Store::journal_state() const {
  if (!journal_) return {};
  return {journal_->size(), static_cast<size_t>(std::max<int64_t>(live_bytes_, 0)), compactions_};
}

bool Store::wants_compaction() const {
  size_t size = journal_->size();
  return size > options_.compact_bytes_min && size >= retry_bytes_ &&
         static_cast<int64_t>(size) > waste_max * live_bytes_;
}

void Store::committed(int64_t live_bytes) {
  live_bytes_ += live_bytes;
  if (wants_compaction()) worker_->ask();
}

void Store::compact_if_wanted() {
  if (!wants_compaction()) return;
  Status done = compact();
  if (done.has_value()) {
    retry_bytes_ = 0;
  } else if (done.error().code != cancelled) {
    if (retry_bytes_ == 0 && options_.warn) options_.warn(done.error());
    retry_bytes_ = journal_->size() + std::max(options_.compact_bytes_min, journal_->size() / 8);
  }
}

void Store::remove_forgotten_blobs() {
  std::vector<std::string> stored = blobs_->names_on_disk();
  if (stored.empty()) return;
  BlobNames referred;
  for (Shard* shard : all_shards())
    for (const auto& [name, table] : shard->tables)
      for (auto it = table.documents().begin(); it != table.documents().end(); ++it)
        collect_blobs_of(it.cbor(), referred);
  for (const std::string& name : stored)
    if (!referred.contains(name)) blobs_->remove(name);
}

}  // namespace mainstay::store
