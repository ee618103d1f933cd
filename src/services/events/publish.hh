// Events on their way from a bus to the targets of its rules.
#pragma once

#include <string>
#include <string_view>

#include "services/events/bus.hh"

namespace mainstay::events {

struct Event {
  Value body;    // version, id, detail-type, source, account, time, region, resources, detail
  int hops = 0;  // of buses that it came through
  std::string sender = {};  // the account of another that its bus has it from
  Value only_rules = {};    // of a replay: the ARNs of the rules that may have it; null: all
  bool is_replay = false;   // is not archived again
};

// As an account's own, of now; the caller sets resources and detail.
Event new_event(Call& call, std::string_view source, std::string_view detail_type);

// To every rule of the bus that wants it, and into its archives.
void publish(Call& call, const std::string& bus, const Event& event);
// To all targets of one rule, whatever it wants.
void send_to_targets(Call& call, const Value& rule, const Event& event);

// archive.cc: into the bus's archives that want it.
void archive_event(Call& call, const std::string& bus, const Event& event);

}  // namespace mainstay::events
