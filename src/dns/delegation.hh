// Where a domain stands between its old host and Route 53, by what its parent zone says.
#pragma once

#include <set>
#include <string>

#include "dns/query.hh"

namespace mainstay::dns {

struct Delegation {
  // unknown: the parent could not be asked. none: it does not delegate the zone. split: to some of
  // ours and to others, or not to all of ours.
  enum class State : uint8_t { unknown, none, old, split, ours } state = State::unknown;
  std::set<std::string> servers;  // as the parent has them
  size_t signers = 0;             // DS there: resolvers that validate want their keys
  std::string why;                // of unknown
};

const char* state_name(Delegation::State state);

// own: names of the zone's servers at Route 53, normal.
Delegation ask_delegation(const std::string& zone, const std::set<std::string>& own,
                          const NameServer& parent, const Ask& ask);

}  // namespace mainstay::dns
