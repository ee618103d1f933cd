// Live Tail sessions: clients that are told of events as they are put. Sources: the page of
// StartLiveTail in the API reference; "CloudWatch Logs quotas" (sessions at once).
//
// Threads: any. A session ends when its client goes (the source is destroyed), after three hours,
// and with the cloud. Bounds: sessions_max; of a session, events_at_once and updates_max.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "cloud/cloud.hh"
#include "cloud/event_source.hh"
#include "services/logs/group.hh"
#include "services/logs/pattern.hh"

namespace mainstay::logs {

// What a session is about.
struct TailPlan {
  std::set<std::string> groups;  // ARNs
  std::vector<std::string> names, prefixes;
  Pattern pattern;
  Value start;  // its first event
};

class Tail : public cloud::EventSource {
 public:
  static constexpr size_t events_at_once = 500, updates_max = 10;
  static constexpr int64_t update_ms = 1000, session_ms_max = 3 * 3'600'000;

  Tail(TailPlan plan, Time opened);
  BodySource::Next next(Event& to) override;
  void when_ready(std::function<void()> ready) override;

  void take(const std::string& group, const std::string& stream, const List& events, Time now);
  // A second is over; false once the session is.
  bool tick(Time now);
  void end();

 private:
  void wake();  // not under the lock

  const TailPlan plan_;
  const Time opened_;
  std::mutex mutex_;
  std::deque<Event> ready_events_;
  Value results_ = Value::list();  // since the last update
  bool sampled_ = false, ended_ = false;
  std::function<void()> ready_;
};

class Tails : public cloud::Background {
 public:
  static constexpr size_t sessions_max = 15;
  void start(cloud::Cloud& cloud) override;
  void stop() override;
  // Null where there are too many.
  std::shared_ptr<Tail> open(TailPlan plan);
  void publish(const std::string& group, const std::string& stream, const List& events, Time now);
  bool any();

 private:
  void tick_later(const std::string& key, std::weak_ptr<Tail> tail);
  std::vector<std::shared_ptr<Tail>> living();

  cloud::Cloud* cloud_ = nullptr;
  std::mutex mutex_;
  uint64_t next_ = 0;
  std::map<std::string, std::weak_ptr<Tail>> tails_;  // by the agenda's key
};

Tails& tails_of(const Call& call);

}  // namespace mainstay::logs
