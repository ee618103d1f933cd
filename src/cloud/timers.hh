// Transitions: what a service has asked to be done to its state at a time by the cloud's clock.
//
// A timer is a document of the shard it concerns (table "_timer"), put in the same unit as the
// change that wants it, so it is there if and only if that change is, and survives kill -9. When it
// is due, the reaction that it names (Service::reactions) runs; the timer goes in the same unit as
// what a reaction on the shard does, or after work outside units has succeeded. What fails is tried
// again later, up to tries_max times a process. Threads: any.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hh"
#include "base/time.hh"
#include "base/value.hh"
#include "store/store.hh"

namespace mainstay::cloud {

class Call;
class Cloud;

class Timers {
 public:
  static constexpr int tries_max = 8;
  static constexpr std::string_view table = "_timer";

  explicit Timers(Cloud& cloud) : cloud_(cloud) {}

  // Within the unit of a call: see Call::at.
  void put(Call& call, const std::string& id, Time when, std::string_view reaction, Value argument);
  void remove(Call& call, const std::string& id);

  // All that the shards of a service hold, at start.
  void take_up(std::string_view service);

 private:
  void watch(const store::ShardKey& shard, const std::string& id, Time when, int tries);
  void fire(const store::ShardKey& shard, const std::string& id, int tries);

  Cloud& cloud_;
};

}  // namespace mainstay::cloud
