#include "proofs/clause_index.hh"

#include <algorithm>

namespace mainstay::policy::proofs {
namespace {

std::string literal_prefix(const Glob& glob) {
  const Glob::Piece& first = glob.pieces().front();
  auto wild = std::find(first.wild.begin(), first.wild.end(), true);
  return wild == first.wild.end()
             ? first.text
             : first.text.substr(0, static_cast<size_t>(wild - first.wild.begin()));
}

// The literal about the action; there is one in every clause.
Literal action_literal(const Atoms& atoms, const Clause& clause) {
  return *std::find_if(clause.literals.begin(), clause.literals.end(),
                       [&](Literal l) { return atoms.at(atom_of(l)).subject == action_subject; });
}

}  // namespace

ClauseIndex::ClauseIndex(const Atoms& atoms, const std::vector<Clause>& clauses)
    : atoms_(atoms), clauses_(clauses) {
  for (size_t i = 0; i < clauses.size(); ++i) {
    Literal action = action_literal(atoms, clauses[i]);
    if (!holds(action))
      any_action_.push_back(i);
    else
      for (const Glob& glob : atoms.at(atom_of(action)).globs)
        by_prefix_[literal_prefix(glob)].push_back(i);
  }
}

std::vector<const Clause*> ClauseIndex::near(const Clause& clause) const {
  std::vector<size_t> found = any_action_;
  auto add = [&](const std::vector<size_t>& places) {
    found.insert(found.end(), places.begin(), places.end());
  };
  Literal action = action_literal(atoms_, clause);
  static const std::vector<Glob> everything = {Glob("*")};
  const auto& globs = holds(action) ? atoms_.at(atom_of(action)).globs : everything;
  for (const Glob& glob : globs) {
    std::string prefix = literal_prefix(glob);
    for (auto it = by_prefix_.lower_bound(prefix);
         it != by_prefix_.end() && it->first.starts_with(prefix); ++it)
      add(it->second);
    for (size_t length = 0; length < prefix.size(); ++length)
      if (auto it = by_prefix_.find(prefix.substr(0, length)); it != by_prefix_.end())
        add(it->second);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  std::vector<const Clause*> out;
  for (size_t place : found) out.push_back(&clauses_[place]);
  return out;
}

}  // namespace mainstay::policy::proofs
