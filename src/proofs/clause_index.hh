// The statements that may be about the same action as another, without looking at all of them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "proofs/symbolic_atoms.hh"

namespace mainstay::policy::proofs {

class ClauseIndex {
 public:
  ClauseIndex(const Atoms& atoms, const std::vector<Clause>& clauses);

  // Every clause that a request which meets `clause` may meet as well, by what its actions begin
  // with; in the order given. Others certainly don't match. Time: by how many there are.
  std::vector<const Clause*> near(const Clause& clause) const;

 private:
  const Atoms& atoms_;
  const std::vector<Clause>& clauses_;
  std::map<std::string, std::vector<size_t>> by_prefix_;  // of action patterns, up to a wildcard
  std::vector<size_t> any_action_;                        // those with NotAction
};

}  // namespace mainstay::policy::proofs
