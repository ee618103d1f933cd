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
Value bounded(const Value& parameters, size_t& bytes) {
  int64_t left = left_after(parameters, Trail::bytes_max);
  if (left <= 0) return Value::map({{"Omitted", true}});
  bytes += Trail::bytes_max - static_cast<size_t>(left);
  return parameters;
}

}  // namespace

std::shared_ptr<Trail::Ring> Trail::ring(const Place& place) {
  {
    std::shared_lock lock(mutex_);
    if (auto it = rings_.find(place); it != rings_.end()) return it->second;
  }
  bool full = false;
  {
    std::shared_lock lock(mutex_);
    full = rings_.size() >= trails_max;
  }
  if (full) drop_quietest(place);
  std::unique_lock lock(mutex_);
  auto& ring = rings_[place];
  if (!ring) ring = std::make_shared<Ring>();
  return ring;
}

void Trail::drop_quietest(const Place& but) {
  std::shared_ptr<Ring> dropped;  // its events are freed after the lock is
  std::unique_lock lock(mutex_);
  auto quietest = rings_.end();
  Time since;
  for (auto it = rings_.begin(); it != rings_.end(); ++it) {
    if (it->first == but) continue;
    std::lock_guard guard(it->second->mutex);
    if (quietest != rings_.end() && it->second->last >= since) continue;
    quietest = it;
    since = it->second->last;
  }
  if (quietest == rings_.end()) return;
  dropped = quietest->second;
  rings_.erase(quietest);
  std::lock_guard guard(dropped->mutex);
  dropped->gone = true;
  bytes_ -= dropped->bytes;
}

// False where the ring was taken out meanwhile.
bool Trail::keep(Ring& ring, std::shared_ptr<TrailEvent> event, Events& freed) {
  std::lock_guard lock(ring.mutex);
  if (ring.gone) return false;
  event->number = ring.next++;
  ring.last = event->at;
  ring.bytes += event->bytes;
  bytes_ += event->bytes;
  ring.events.push_back(std::move(event));
  while (ring.events.size() > events_max ||
         (bytes_ > total_bytes_max && ring.events.size() > few)) {
    ring.bytes -= ring.events.front()->bytes;
    bytes_ -= ring.events.front()->bytes;
    freed.push_back(std::move(ring.events.front()));
    ring.events.pop_front();
  }
  return true;
}

std::shared_ptr<const TrailEvent> Trail::record(TrailEvent event, store::Mode mode, const Value& in,
                                                const Result<Value>& out) {
  constexpr size_t event_bytes = 700;  // without parameters
  if (is_global(event.service)) event.region = global_region;
  event.read_only = mode == store::Mode::read;
  event.bytes = event_bytes;
  event.in = bounded(in, event.bytes);
  if (!out.has_value()) {
    event.error_code = out.error().code;
    event.error_message = out.error().message;
    event.bytes += event.error_message.size();
  } else if (!event.read_only) {
    event.out = bounded(*out, event.bytes);
  }
  Place place{event.caller.account, event.region};
  auto kept = std::make_shared<TrailEvent>(std::move(event));
  Events freed;
  while (!keep(*ring(place), kept, freed)) {
  }
  if (bytes_ > total_bytes_max) drop_quietest(place);
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
  for (auto& [place, ring] : rings_) {
    std::lock_guard guard(ring->mutex);
    ring->gone = true;
  }
  rings_.clear();
  bytes_ = 0;
}

}  // namespace mainstay::cloud
