// Who listens to what the cloud tells of itself: the accounts and regions that have had a rule on
// their default event bus. Services ask before they make an event up, so that one which nobody
// wants costs a look at a number. Only grows, until the state is opened anew or reset: a rule that
// has gone again costs its account some events that are matched in vain. Threads: any.
#pragma once

#include <atomic>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>

namespace mainstay::cloud {

class Audience {
 public:
  // wants_reads: also of what only looks at something (rules for all management events).
  void add(std::string_view account, std::string_view region, bool wants_reads = false) {
    std::unique_lock lock(mutex_);
    std::pair place{std::string(account), std::string(region)};
    if (wants_reads) readers_.insert(place);
    if (places_.insert(std::move(place)).second) count_.fetch_add(1);
  }
  bool has(std::string_view account, std::string_view region) const {
    if (count_.load(std::memory_order_relaxed) == 0) return false;
    std::shared_lock lock(mutex_);
    return places_.contains(std::pair(std::string(account), std::string(region)));
  }
  bool has_for_reads(std::string_view account, std::string_view region) const {
    if (!has(account, region)) return false;
    std::shared_lock lock(mutex_);
    return readers_.contains(std::pair(std::string(account), std::string(region)));
  }
  void clear() {
    std::unique_lock lock(mutex_);
    places_.clear();
    readers_.clear();
    count_ = 0;
  }

 private:
  std::atomic<size_t> count_ = 0;
  mutable std::shared_mutex mutex_;
  std::set<std::pair<std::string, std::string>> places_, readers_;
};

}  // namespace mainstay::cloud
