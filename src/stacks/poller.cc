#include "stacks/poller.hh"

namespace mainstay::stacks {

uint64_t StackPoller::joins(const std::string& place) {
  std::scoped_lock lock(mutex_);
  ++places_[place].waiters;
  return places_[place].looks;
}

void StackPoller::leaves(const std::string& place) {
  std::scoped_lock lock(mutex_);
  --places_[place].waiters;
}

bool StackPoller::together(const Place& place) const {
  return together_from_ > 0 && place.waiters >= together_from_ &&
         place.waiters > place.seen.size() / page_size;
}

Result<std::optional<DeployedStack>> StackPoller::Waiter::ask(const CloudFormation& cloud,
                                                              const std::string& id) {
  std::unique_lock lock(poller_.mutex_);
  Place& place = poller_.places_[place_];  // places are never taken away
  if (!poller_.together(place)) {
    lock.unlock();
    return cloud.describe(id);
  }
  while (place.seen_at <= since_) {
    if (place.looking) {
      poller_.seen_.wait(lock);
      continue;
    }
    place.looking = true;
    uint64_t number = ++place.looks;
    lock.unlock();
    auto all = cloud.all_stacks();
    lock.lock();
    place.looking = false;
    place.seen_at = number;
    place.error = all ? std::nullopt : std::optional(all.error());
    place.seen.clear();
    if (all)
      for (DeployedStack& stack : *all) {
        std::string key = stack.id;
        place.seen[key] = std::move(stack);
      }
    poller_.seen_.notify_all();
  }
  since_ = place.seen_at;
  if (place.error) return *place.error;
  auto found = place.seen.find(id);
  if (found != place.seen.end()) return found->second;
  lock.unlock();
  return cloud.describe(id);  // gone, or asked for by its name
}

}  // namespace mainstay::stacks
