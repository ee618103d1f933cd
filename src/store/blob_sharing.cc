#include "store/blob_sharing.hh"

namespace mainstay::store {

BlobSharing::View BlobSharing::fork() {
  std::lock_guard guard(mutex_);
  forks_[next_];
  return next_++;
}

bool BlobSharing::has_forks() const {
  std::lock_guard guard(mutex_);
  return !forks_.empty();
}

void BlobSharing::written(View view, std::string_view name) {
  std::lock_guard guard(mutex_);
  if (forks_.empty()) return;
  if (view == 0) {
    born_.emplace(name, next_);
  } else {
    forks_[view].emplace(name);
  }
}

bool BlobSharing::let_go(View view, std::string_view name) {
  std::lock_guard guard(mutex_);
  if (forks_.empty()) return true;
  auto seen = seen_.find(name);
  if (view == 0) {
    if (seen != seen_.end()) return false;
    auto born = born_.find(name);
    auto first = forks_.lower_bound(born == born_.end() ? 0 : born->second);
    if (born != born_.end()) born_.erase(born);
    if (first == forks_.end()) return true;
    auto& views = seen_[std::string(name)];
    for (; first != forks_.end(); ++first) views.insert(first->first);
    return false;
  }
  Names& own = forks_[view];
  if (auto mine = own.find(name); mine != own.end()) return own.erase(mine), true;
  if (seen == seen_.end()) return false;  // the original has it still
  seen->second.erase(view);
  bool gone = seen->second.empty();
  if (gone) seen_.erase(seen);
  return gone;
}

std::vector<std::string> BlobSharing::empty(View fork) {
  std::lock_guard guard(mutex_);
  Names own = std::exchange(forks_[fork], {});
  return {own.begin(), own.end()};
}

std::vector<std::string> BlobSharing::drop(View fork) {
  std::lock_guard guard(mutex_);
  std::vector<std::string> gone(forks_[fork].begin(), forks_[fork].end());
  forks_.erase(fork);
  for (auto it = seen_.begin(); it != seen_.end();) {
    it->second.erase(fork);
    if (!it->second.empty()) {
      ++it;
      continue;
    }
    gone.push_back(it->first);
    it = seen_.erase(it);
  }
  if (forks_.empty()) born_.clear();
  return gone;
}

}  // namespace mainstay::store
