#include "cloud/trail.hh"

#include <algorithm>

namespace mainstay::cloud {
namespace {

// Services of one endpoint for all regions are recorded in its region.
constexpr std::string_view global_services[] = {"iam", "organizations", "route53"};
constexpr std::string_view global_region = "us-east-1";

bool is_global(std::string_view service) {
  const auto* last = std::end(global_services);
  return std::find(std::begin(global_services), last, service) != last;
}

// What is left of a budget of bytes after this value; looks no further once it is spent.
int64_t left_after(const Value& value, int64_t bytes) {
  constexpr int64_t bytes_of_a_value = 16;
  bytes -= bytes_of_a_value + static_cast<int64_t>(value.as_bytes().size());
  for (const auto& [name, member] : value.members())
    if (bytes > 0) bytes = left_after(member, bytes - static_cast<int64_t>(name.size()));
  for (const Value& item : value.items())
    if (bytes > 0) bytes = left_after(item, bytes);
  return bytes;
}

// CloudTrail leaves out parameters that are too long, and says so (user guide, "Record contents").
Value bounded(const Value& parameters) {
  if (left_after(parameters, Trail::bytes_max) > 0) return parameters;
  return Value::map({{"Omitted", true}});
}

}  // namespace

std::shared_ptr<Trail::Ring> Trail::ring(const Place& place) {
  {
    std::shared_lock lock(mutex_);
    if (auto it = rings_.find(place); it != rings_.end()) return it->second;
  }
  std::unique_lock lock(mutex_);
  if (rings_.size() >= trails_max && !rings_.contains(place)) {
    auto quietest =
        std::min_element(rings_.begin(), rings_.end(), [](const auto& a, const auto& b) {
          std::scoped_lock both(a.second->mutex, b.second->mutex);
          return a.second->last < b.second->last;
        });
    rings_.erase(quietest);
  }
  auto& ring = rings_[place];
  if (!ring) ring = std::make_shared<Ring>();
  return ring;
}

std::shared_ptr<const TrailEvent> Trail::record(TrailEvent event, store::Mode mode, const Value& in,
                                                const Result<Value>& out) {
  if (is_global(event.service)) event.region = global_region;
  event.read_only = mode == store::Mode::read;
  event.in = bounded(in);
  if (!out.has_value()) {
    event.error_code = out.error().code;
    event.error_message = out.error().message;
  } else if (!event.read_only) {
    event.out = bounded(*out);
  }
  auto ring = this->ring({event.caller.account, event.region});
  auto kept = std::make_shared<TrailEvent>(std::move(event));
  std::shared_ptr<const TrailEvent> oldest;  // freed after the lock is
  std::lock_guard lock(ring->mutex);
  kept->number = ring->next++;
  ring->last = kept->at;
  ring->events.push_back(kept);
  if (ring->events.size() <= events_max) return kept;
  oldest = std::move(ring->events.front());
  ring->events.pop_front();
  return kept;
}

Trail::Events Trail::events(std::string_view account, std::string_view region) const {
  std::shared_ptr<Ring> ring;
  {
    std::shared_lock lock(mutex_);
    auto it = rings_.find({std::string(account), std::string(region)});
    if (it == rings_.end()) return {};
    ring = it->second;
  }
  std::lock_guard lock(ring->mutex);
  return {ring->events.begin(), ring->events.end()};
}

void Trail::clear() {
  std::unique_lock lock(mutex_);
  rings_.clear();
}

}  // namespace mainstay::cloud
