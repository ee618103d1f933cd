// A state's copy, which shares what neither changes (documents.hh, blobs.hh).
#include <shared_mutex>
#include <thread>

#include "store/blobs.hh"
#include "store/journal.hh"
#include "store/store.hh"
#include "store/worker.hh"

namespace mainstay::store {

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
