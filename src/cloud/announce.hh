// What the cloud tells of itself on an account's default event bus: instances that change their
// state, alarms, stacks. Part of the change that it tells of, as a delivery in its outbox; nothing
// where nobody listens (audience.hh).
#pragma once

#include <string>
#include <string_view>

#include "base/value.hh"

namespace mainstay::cloud {

class Call;

struct Announcement {
  std::string_view source, detail_type;  // "aws.ec2", "EC2 Instance State-change Notification"
  std::string resource;                  // an ARN, "" for none
  Value detail;
  std::string lane = {};  // those of one lane arrive in their order
};
bool has_audience(const Call& call);
void announce(Call& call, Announcement what);

}  // namespace mainstay::cloud
