// Who did what: the last management events of each account and region, in memory only, for
// CloudTrail to look up. Recording is a push of values that are shared, not copied; writing them
// out waits for a lookup.
//
// Limits: events_max an account and region, the oldest go first; trails_max accounts and regions,
// the one that was quiet longest goes first; parameters of bytes_max. All together take about
// total_bytes_max: beyond that whoever records loses its oldest, and once it has few, the trail
// that was quiet longest goes. Threads: any.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "base/time.hh"
#include "base/value.hh"
#include "cloud/caller.hh"
#include "store/store.hh"

namespace mainstay::cloud {

struct TrailEvent {
  uint64_t number = 0;  // rises within a trail
  Time at;
  std::string service, operation, region, request_id, user_agent;
  Caller caller;
  // Set by record().
  bool read_only = false;
  std::string error_code = {}, error_message = {};  // "" where the request succeeded
  Value in = {},
        out = {};  // as handlers have them, secrets included; out is null unless something changed
  size_t bytes = 0;  // about what it takes
};

class Trail {
 public:
  static constexpr size_t events_max = 10'000;
  static constexpr size_t trails_max = 1'000;
  static constexpr size_t bytes_max = 64 << 10;
  static constexpr size_t total_bytes_max = size_t{24} << 20;
  static constexpr size_t few = 100;
  using Events = std::vector<std::shared_ptr<const TrailEvent>>;

  // Keeps the event, with what its operation was asked and answered. Callers leave out data
  // events (objects, items, messages: Service::data_events), as CloudTrail's history has none.
  // Returns what it has kept.
  std::shared_ptr<const TrailEvent> record(TrailEvent event, store::Mode mode, const Value& in,
                                           const Result<Value>& out);
  Events events(std::string_view account, std::string_view region) const;  // oldest first
  void clear();
  size_t bytes() const { return bytes_; }  // about what all of them take

 private:
  struct Ring {
    mutable std::mutex mutex;
    uint64_t next = 1;
    Time last;
    bool gone = false;  // taken out of rings_: nothing more is recorded here
    size_t bytes = 0;
    std::deque<std::shared_ptr<const TrailEvent>> events;
  };
  using Place = std::pair<std::string, std::string>;  // account and region
  std::shared_ptr<Ring> ring(const Place& place);
  bool keep(Ring& ring, std::shared_ptr<TrailEvent> event, Events& freed);
  void drop_quietest(const Place& but);

  mutable std::shared_mutex mutex_;  // guards the map, not the rings
  std::map<Place, std::shared_ptr<Ring>> rings_;
  std::atomic<size_t> bytes_ = 0;
};

}  // namespace mainstay::cloud
