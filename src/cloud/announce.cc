#include "cloud/announce.hh"

#include "base/json.hh"
#include "cloud/call.hh"
#include "cloud/cloud.hh"

namespace mainstay::cloud {

bool has_audience(const Call& call) {
  return call.cloud.audience().has(call.account, call.region);
}

void announce(Call& call, Announcement what) {
  if (!has_audience(call)) return;
  Value entry = Value::map({{"Source", what.source},
                            {"DetailType", what.detail_type},
                            {"Detail", to_json(what.detail)},
                            {"Time", call.now}});
  if (!what.resource.empty()) entry.set("Resources", Value::list({what.resource}));
  call.later({.service = "events",
              .operation = "PutEvents",
              .input = Value::map({{"Entries", Value::list({std::move(entry)})}}),
              .lane = what.lane.empty() ? "" : "announce/" + what.lane});
}

}  // namespace mainstay::cloud
