// Services that call services, after the fact: what a change wants told to others.
//
// A delivery is a document of the sender's shard (table "_outbox"), put in the same unit as the
// change, so it is there if and only if that change is. After the commit it is made without any
// lock, as a call with a token of its own: killed in the middle, it is made again and gets the
// answer it got (Cloud::invoke, `once`). Deliveries of one lane of a shard follow one another;
// others go side by side. Throttles and faults of the receiver (5xx) are tried again with longer
// and longer pauses, tries_max times; then, and for every other error at once, the sender's
// reaction hears of it. Threads: any.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/error.hh"
#include "base/value.hh"
#include "cloud/caller.hh"
#include "store/store.hh"

namespace mainstay::cloud {

class Call;
class Cloud;

struct Delivery {
  std::string service, operation;
  Value input;
  std::string account = {}, region = {};  // "": the sender's
  std::optional<Caller> caller = {};      // none: the sending service itself
  std::string lane = {};                  // "": by itself
  // A reaction of the sender (Service::reactions) that is told how it went: a map of Argument, and
  // Output or Error {Code, Message}. "": nobody needs to know.
  std::string then = {};
  Value argument = {};
};

class Outbox {
 public:
  static constexpr int tries_max = 10;
  static constexpr std::string_view table = "_outbox";
  static constexpr std::string_view token_prefix = "outbox/";  // of the answers kept for it

  explicit Outbox(Cloud& cloud) : cloud_(cloud) {}

  // Within the unit of a call: see Call::later.
  void put(Call& call, Delivery delivery);
  // All that the shards of a service hold, at start.
  void take_up(std::string_view service);
  void clear();
  // The tokens of what a service has not delivered yet.
  void add_tokens(std::string_view service, std::set<std::string>& tokens) const;

 private:
  struct Lane {
    store::ShardKey shard;
    std::deque<std::string> ids;
    int tries = 0;
  };
  void enqueue(const store::ShardKey& shard, const std::string& lane, const std::string& id);
  void deliver(const std::string& lane);
  void finish(const std::string& lane, const store::ShardKey& shard, const std::string& id,
              const Value& document, Result<Value> out);
  bool try_later(const std::string& lane, const Error& error);
  void advance(const std::string& lane);

  Cloud& cloud_;
  std::mutex mutex_;  // guards the lanes
  std::map<std::string, Lane> lanes_;
};

}  // namespace mainstay::cloud
