// States beside a state: its copy, which shares what neither changes (documents.hh, blobs.hh), and
// what a folder holds that another process may be changing.
#include <shared_mutex>
#include <thread>

#include "store/blobs.hh"
#include "store/disk.hh"
#include "store/journal.hh"
#include "store/loader.hh"
#include "store/records.hh"
#include "store/store.hh"
#include "store/worker.hh"

namespace mainstay::store {
namespace {

constexpr size_t read_bytes = size_t{4} << 20;

}  // namespace

Result<std::unique_ptr<Store>> Store::fork() {
  if (forked_)
    return Error("ForkUnsupported", "a fork can't be forked: fork what it was made of", 409);
  Options options;
  options.owner = options_.owner;
  options.indexes = options_.indexes;
  std::unique_ptr<Store> made(new Store(std::move(options)));
  made->forked_ = true;
  while (!copy_shards_to(*made)) std::this_thread::yield();
  return made;
}

// A record that is being written while it is read is not acknowledged yet: it is left out, as at a
// start after a kill.
Result<std::unique_ptr<Store>> Store::open_snapshot(Options options) {
  std::string directory = std::exchange(options.directory, ""), path = directory + "/journal";
  Disk& disk = options.disk ? *options.disk : real_disk();
  if (!disk.exists(path)) return Error("StateMissing", "there is no journal in " + directory);
  std::unique_ptr<Store> made(new Store(std::move(options)));
  made->forked_ = true;
  made->blobs_ = Blobs(directory + "/blobs").fork();
  TRY(std::shared_ptr<File> file, disk.open(path, Disk::Open::keep));
  std::string text;
  for (bool more = true; more;) {
    TRY(std::string part, file->read(text.size(), read_bytes));
    more = part.size() == read_bytes;
    text += part;
  }
  Loader loader;
  Reading reading = read_records(text, [&](std::string_view record) { return loader.add(record); });
  if (reading.end == Reading::End::damaged)
    return Error("StateUnreadable", path + " is damaged: " + reading.why, 500);
  made->load(loader);
  return made;
}

// All shards at one moment, so all of their locks at once. They are only tried for: a unit may wait
// for another shard while it holds one.
bool Store::copy_shards_to(Store& to) {
  std::lock_guard guard(mutex_);
  std::vector<std::shared_lock<std::shared_mutex>> locks;
  locks.reserve(shards_.size());
  for (const auto& [key, shard] : shards_) {
    locks.emplace_back(shard->mutex, std::try_to_lock);
    if (!locks.back().owns_lock()) return false;
  }
  to.blobs_ = blobs_->fork();
  for (const auto& [key, shard] : shards_) {
    auto copy = std::make_unique<Shard>();
    copy->key = key;
    copy->tables = shard->tables;
    to.shards_.emplace_hint(to.shards_.end(), key, std::move(copy));
  }
  return true;
}

}  // namespace mainstay::store
