// One action, many principals, many resources: who may do it on what.
//
// Linear in principals times resources. Where nothing but policies decides, the statements that can
// match a principal's request are picked once and asked of resource after resource; S3's ACLs and
// foreign objects, KMS grants and encryption keys go the way of answer.hh.
#pragma once

#include <string>
#include <vector>

#include "access/answer.hh"
#include "actions/action_table.hh"
#include "host/executor.hh"

namespace mainstay::access {

inline constexpr size_t matrix_cells_max = 200'000'000;

struct Matrix {
  std::string action;
  std::vector<const Actor*> actors;
  std::vector<Target> targets;
  std::vector<uint8_t> cells;  // by actor, then target: 1 may

  bool may(size_t actor, size_t target) const {
    return cells[actor * targets.size() + target] != 0;
  }
  size_t count(size_t actor) const;  // targets that it may reach
};

// Errors: "TooMuch" above matrix_cells_max. Blocks until the executor has done it all.
Result<Matrix> fill_matrix(const World& world, const std::string& action,
                           std::vector<const Actor*> actors, std::vector<Target> targets,
                           const policy::Context& context, Executor& executor);

// The resources that a text names: an ARN, or one with wildcards over what the snapshot has and the
// action can be about; the objects of a bucket are asked as "BUCKET/*". Errors: those of
// World::target; "ResourceUnknown" where nothing fits.
Result<std::vector<Target>> targets_of(const World& world, const actions::ActionTable& table,
                                       const std::string& action,
                                       const std::vector<std::string>& texts);

// Every resource of the snapshot that an action can be about; "*" for actions without one.
std::vector<std::string> known_resources(const World& world, const actions::ActionTable& table,
                                         const std::string& action);

}  // namespace mainstay::access
