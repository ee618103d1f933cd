// How far a principal's mistake, or its thief, could reach: what it, and everyone that it can
// become, may do to which data.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "access/grants.hh"
#include "access/path.hh"

namespace mainstay::access {

struct Damage {
  std::set<std::string> actions;
  std::set<std::string> resources;  // patterns and ARNs
  std::set<std::string> data;       // what the snapshot has of these
  std::set<size_t> actors;          // through whom, places in World::actors()
};

struct Blast {
  Reached reached;
  std::map<Effect, std::map<std::string, Damage>> damage;  // by service
};

Blast blast_of(const World& world, const actions::ActionTable& table, size_t actor,
               const policy::Context& context);

}  // namespace mainstay::access
