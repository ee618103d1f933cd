#include "cloud/waiters.hh"

namespace mainstay::cloud {

void Waiters::add(const std::string& topic, Time until, Resume resume) {
  uint64_t id = 0;
  {
    std::lock_guard guard(mutex_);
    if (waiters_.size() < waiters_max) {
      id = next_id_++;
      waiters_.emplace(id, Waiter{topic, std::move(resume)});
      by_topic_.emplace(topic, id);
      count_ = waiters_.size();
    }
  }
  if (id == 0) return agenda_.post([resume = std::move(resume)] { resume(Why::late); });
  agenda_.set(key_of(id), until, [this, id] {
    if (Resume late = take(id)) late(Why::late);
  });
}

Waiters::Resume Waiters::take(uint64_t id) {
  std::lock_guard guard(mutex_);
  auto found = waiters_.find(id);
  if (found == waiters_.end()) return {};
  Waiter waiter = std::move(found->second);
  waiters_.erase(found);
  count_ = waiters_.size();
  by_topic_.erase({waiter.topic, id});
  return std::move(waiter.resume);
}

void Waiters::notify(const std::string& topic) {
  if (count_ == 0) return;  // as for most changes, which nobody waits for
  std::vector<std::pair<uint64_t, Resume>> woken;
  {
    std::lock_guard guard(mutex_);
    auto begin = by_topic_.lower_bound({topic, 0}), it = begin;
    for (; it != by_topic_.end() && it->first == topic; ++it) {
      auto found = waiters_.find(it->second);
      woken.emplace_back(it->second, std::move(found->second.resume));
      waiters_.erase(found);
    }
    by_topic_.erase(begin, it);
    count_ = waiters_.size();
  }
  for (auto& [id, resume] : woken) {
    agenda_.unset(key_of(id));
    agenda_.post([resume = std::move(resume)] { resume(Why::notified); });
  }
}

void Waiters::end() {
  std::unordered_map<uint64_t, Waiter> all;
  {
    std::lock_guard guard(mutex_);
    all.swap(waiters_);
    by_topic_.clear();
    count_ = 0;
  }
  for (auto& [id, waiter] : all) waiter.resume(Why::ended);
}

size_t Waiters::size() const {
  std::lock_guard guard(mutex_);
  return waiters_.size();
}

}  // namespace mainstay::cloud
