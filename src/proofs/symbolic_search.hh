// The search for a request that one side of a comparison allows and the other does not.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "proofs/clause_index.hh"
#include "proofs/symbolic.hh"
#include "proofs/symbolic_atoms.hh"
#include "proofs/symbolic_subject.hh"

namespace mainstay::policy::proofs {

struct SearchOutcome {
  SubjectAnswer::Kind kind = SubjectAnswer::Kind::none;
  Request request;    // if found: confirmed by the engine
  std::string why;    // if only possible
  bool real = false;  // the action is a known one, the resource one that it can be about
};

// The two sides, and where a request is asked about.
struct SearchTask {
  const PolicyList& before;
  const PolicyList& after;
  const Principal& principal;
  const SymbolicOptions& options;
};

class SymbolicSearch {
 public:
  SymbolicSearch(const SearchTask& task, const Context* fixed, Work& work);
  SymbolicSearch(const SymbolicSearch&) = delete;
  SymbolicSearch& operator=(const SymbolicSearch&) = delete;

  const Side& after() const { return after_; }
  const Atoms& atoms() const { return atoms_; }
  // A request that this allow of the new side matches, that no denial of it does, and that the old
  // side does not allow.
  SearchOutcome find(const Clause& allow);

 private:
  using Literals = std::vector<Literal>;
  using State = std::vector<Literals>;  // by subject, sorted
  using Clauses = std::vector<const Clause*>;

  struct Step {  // a clause that is yet to be made false, and by which literals it can be
    const Clause* clause;
    Literals choices;
  };

  bool start(const Clause& clause, State& state);
  void explore(State state, std::vector<Step> steps);
  bool propagate(State& state, std::vector<Step>& steps);
  bool still_open(const State& state, Step& step);
  bool is_assigned(const State& state, Literal l) const;
  void assign(State& state, Literal l) const;
  bool consistent(const State& state, Literal l);
  const SubjectAnswer& solve(Subject subject, const Literals& literals);
  SubjectAnswer known_action(const Literals& literals);
  std::vector<std::string> known_actions(const Literals& literals, size_t count);
  const std::vector<bool>& known_actions_of(size_t atom);
  void finish(const State& state);
  bool confirmed(const Request& request) const;
  void make_real(SearchOutcome& outcome, const State& state);
  bool with_real_resource(Request& request, const State& state, bool strict);

  const SearchTask& task_;
  Work& work_;
  Atoms atoms_;
  Side before_, after_;
  std::optional<ClauseIndex> near_allows_, near_denials_, near_old_denials_;
  std::set<Literals> kept_;  // the old side's allows, if all that it denies is still denied
  std::map<Literals, SubjectAnswer> solved_;
  std::vector<SubjectAnswer> free_;  // of subjects about which nothing is asked
  std::map<size_t, std::vector<bool>> known_actions_;
  SearchOutcome outcome_;
};

}  // namespace mainstay::policy::proofs
