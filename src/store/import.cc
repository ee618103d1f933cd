// States out of archives and into them (archive.hh).
#include <set>
#include <thread>
#include <tuple>

#include "store/archive.hh"
#include "store/blobs.hh"
#include "store/journal.hh"
#include "store/store.hh"
#include "store/worker.hh"

namespace mainstay::store {

Result<ArchiveCounts> Store::export_to(const ArchiveSink& sink) {
  if (!forked_) {
    TRY(std::unique_ptr<Store> moment, fork());
    return write_archive(*moment, *moment->blobs_, sink);
  }
  // What a fork lets go of meanwhile fails the export: a fork of a fork would keep it.
  Options options;
  Store moment(std::move(options));
  while (!copy_shards_to(moment)) std::this_thread::yield();
  return write_archive(moment, *blobs_, sink);
}

// First it is read to its end without a change; then again, and its blobs are written. Last the
// journal is put in the place of the old one, in one step.
Result<ArchiveCounts> Store::import_from(std::string_view archive, bool replace) {
  if (forked_ || blobs_->has_forks())
    return Error("ForkUnsupported",
                 forked_ ? "a state can't be imported into a fork"
                         : "a state can't be imported while forks share what is there: drop them",
                 409);
  if (!replace && document_count() > 0)
    return Error("StateNotEmpty", "there is something in this state already", 409)
        .with_hint("import with --replace to lose it, or into another state");
  Options options;
  options.indexes = options_.indexes;
  Store read(std::move(options));
  ArchiveVisitor check{[&](const Value& record) { return read.apply(record); },
                       [](std::string_view, std::string) { return Status(); }};
  TRY(ArchiveCounts counts, read_archive(archive, check));
  std::vector<std::string> old_blobs = blobs_->names();
  std::set<std::string, std::less<>> old(old_blobs.begin(), old_blobs.end()), wanted;
  // A name was never used for anything else, so a blob that is there is the same one.
  ArchiveVisitor write{[](const Value&) { return Status(); },
                       [&](std::string_view name, std::string data) -> Status {
                         wanted.emplace(name);
                         return old.contains(name) ? Status() : blobs_->write(name, data);
                       }};
  Status written;
  if (auto again = read_archive(archive, write); !again.has_value()) written = again.error();
  if (written.has_value()) written = take_over(read);
  // Of what was there before and what has come, one is not needed.
  for (const std::string& name : blobs_->names())
    if (written.has_value() ? !wanted.contains(name) : !old.contains(name)) blobs_->remove(name);
  if (!written.has_value()) return written.error();
  return counts;
}

// Another's documents in the place of ours, or all as it was.
Status Store::take_over(Store& other) {
  cancelled_ = true;
  std::lock_guard compacting(compacting_);
  cancelled_ = false;
  for (Shard* shard : other.all_shards()) std::ignore = this->shard(shard->key);
  auto swap = [&] {
    for (Shard* mine : all_shards()) {
      std::unique_lock lock(mine->mutex);
      std::swap(mine->tables, other.shard(mine->key).tables);
    }
  };
  swap();
  Status written;
  if (journal_) written = journal_->rewrite([this](Journal& to) { return write_documents(to); });
  if (!written.has_value()) {
    swap();
  } else {
    live_bytes_ = count_live_bytes();
  }
  return written;
}

}  // namespace mainstay::store
