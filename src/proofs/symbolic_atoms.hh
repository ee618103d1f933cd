// Policies as logic: a statement matches a request if a few atoms about its action, its resource
// and its condition keys hold or don't hold. Equal atoms of different statements are one.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "policy/compiled.hh"
#include "policy/decide.hh"
#include "proofs/text_set.hh"

namespace mainstay::policy::proofs {

// What an atom is about: the action, the resource, or one of the condition keys.
using Subject = size_t;
constexpr Subject action_subject = 0;
constexpr Subject resource_subject = 1;
constexpr Subject first_key_subject = 2;

struct Atom {
  Subject subject = 0;
  TextSet texts;            // of an action, a resource, a condition that compares text
  std::vector<Glob> globs;  // of an action
  // Of a condition:
  std::optional<Test> test;    // as it is
  std::optional<Test> single;  // the same, asked of one value, without IfExists
  Operand type = Operand::text;
  Quantifier quantifier = Quantifier::none;
  bool if_exists = false;
  bool negated = false;
  bool open = false;  // compares numbers, dates or addresses with a variable
  std::vector<std::string> operands;
};

// An atom that holds or does not: 2 * atom + (holds ? 0 : 1).
using Literal = uint32_t;
inline Literal literal(size_t atom, bool holds) {
  return static_cast<Literal>(2 * atom + (holds ? 0 : 1));
}
inline Literal negation(Literal l) {
  return l ^ 1;
}
inline size_t atom_of(Literal l) {
  return l / 2;
}
inline bool holds(Literal l) {
  return l % 2 == 0;
}

struct Clause {
  const Policy* policy = nullptr;
  const Rule* rule = nullptr;
  std::vector<Literal> literals;  // the statement matches where all hold
};

// What a document says: a request is allowed where an allow matches and no denial does.
struct Side {
  std::vector<Clause> allows;
  std::vector<Clause> denies;
};

struct KeyFacts {
  std::string name;            // in lower case
  std::string written;         // as a condition has it; else in lower case
  bool may_be_list = false;    // some condition has a set operator for it
  std::vector<Operand> types;  // that conditions compare it as, presence aside
};

class Atoms {
 public:
  // Statements that don't reach the principal are left out. With `fixed` every key that a variable
  // names has the value that it has there, or none.
  Atoms(const Principal& principal, const Context* fixed) : principal_(principal), fixed_(fixed) {}

  Side side(const PolicyList& policies);

  const Atom& at(size_t atom) const { return atoms_[atom]; }
  size_t size() const { return atoms_.size(); }
  const std::vector<KeyFacts>& keys() const { return keys_; }  // of subject first_key_subject + i
  size_t subjects() const { return first_key_subject + keys_.size(); }
  // The keys that variables name.
  const std::vector<std::string>& variables() const { return variables_; }
  const Context* fixed() const { return fixed_; }

 private:
  Clause clause(const Policy& policy, const Rule& rule);
  size_t action_atom(const Rule& rule);
  size_t resource_atom(const Rule& rule, bool variables);
  size_t condition_atom(const Condition& condition, bool variables);
  void add_presence(const Condition& condition, Clause& out);
  Subject key_subject(const std::string& name);
  void add_pattern(TextSet& to, const Pattern& pattern, bool by_segment, bool fold_case);
  void add_values(Atom& atom, const Condition& condition, bool variables);
  void note_variables(const Pattern& pattern);

  const Principal& principal_;
  const Context* fixed_;
  std::vector<Atom> atoms_;
  std::map<std::string, size_t> by_text_;
  std::vector<KeyFacts> keys_;
  std::map<std::string, Subject> by_key_;
  std::vector<std::string> variables_;
  Symbols symbols_;
};

}  // namespace mainstay::policy::proofs
