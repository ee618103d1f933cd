#include "proofs/symbolic_subject.hh"

#include <algorithm>

#include "proofs/value_samples.hh"

namespace mainstay::policy::proofs {
namespace {

using Solved = SubjectAnswer::Kind;

const char* const out_of_work = "it takes more work than is allowed";
const char* const by_variable = "it depends on the value of a policy variable";
const char* const by_mixture = "a key is compared both as text and as another type";

const TextConstraint& all_actions() {
  static const TextConstraint universe{{text_pattern("?*:?*")}, false};
  return universe;
}

const TextConstraint& all_resources() {
  static const TextConstraint universe{
      {text_pattern(Glob("arn:?*:?*:*:*:?*")), {{TextStep::Kind::byte, '*'}}}, false};
  return universe;
}

// What one value of a key must be: accepted by a condition's operands, or not.
struct ValueDemand {
  const Atom* atom;
  bool accepted;
};
using ValueDemands = std::vector<ValueDemand>;

struct ValueAnswer {
  Solved kind = Solved::none;
  std::string text;
  const char* why = "";
};

bool is_typed(Operand type) {
  return type == Operand::number || type == Operand::date || type == Operand::network ||
         type == Operand::boolean;
}

class KeySolver {
 public:
  KeySolver(const Atoms& atoms, Subject subject, const std::vector<Literal>& literals, Work& work)
      : atoms_(atoms),
        facts_(atoms.keys()[subject - first_key_subject]),
        literals_(literals),
        work_(work) {}

  SubjectAnswer solve() {
    if (is_fixed()) return as_fixed();
    SubjectAnswer best;
    for (auto state : {&KeySolver::missing, &KeySolver::single, &KeySolver::list}) {
      SubjectAnswer answer = (this->*state)();
      if (answer.kind == Solved::found) return answer;
      if (answer.kind == Solved::possible) best = std::move(answer);
    }
    return best;
  }

 private:
  bool is_fixed() const {
    const auto& names = atoms_.variables();
    return atoms_.fixed() && std::find(names.begin(), names.end(), facts_.name) != names.end();
  }

  SubjectAnswer as_fixed() const {
    for (Literal l : literals_)
      if (atoms_.at(atom_of(l)).test->holds(*atoms_.fixed()) != holds(l)) return {};
    const Context::Entry* entry = atoms_.fixed()->find_lower(facts_.name);
    if (!entry) return {Solved::found, false, false, {}, {}};
    return {Solved::found, true, entry->multivalued, entry->values, {}};
  }

  SubjectAnswer missing() {
    for (Literal l : literals_) {
      const Atom& atom = atoms_.at(atom_of(l));
      bool truth = atom.type == Operand::presence || atom.if_exists ||
                   atom.quantifier == Quantifier::for_all_values ||
                   (atom.quantifier == Quantifier::none && atom.negated);
      if (truth != holds(l)) return {};
    }
    return {Solved::found, false, false, {}, {}};
  }

  SubjectAnswer single() {
    ValueDemands demands;
    for (Literal l : literals_) {
      const Atom& atom = atoms_.at(atom_of(l));
      if (atom.type != Operand::presence)
        demands.push_back({&atom, holds(l)});
      else if (holds(l))
        return {};
    }
    ValueAnswer value = find_value(demands);
    return {value.kind, true, false, {std::move(value.text)}, value.why};
  }

  // Several values: some demands are on every one, some on any one.
  SubjectAnswer list() {
    if (!facts_.may_be_list) return {};
    ValueDemands every, some;
    for (Literal l : literals_) {
      const Atom& atom = atoms_.at(atom_of(l));
      bool of_one = atom.type == Operand::presence || atom.quantifier == Quantifier::none;
      if (of_one && holds(l)) return {};
      if (of_one) continue;
      bool for_all = atom.quantifier == Quantifier::for_all_values;
      (for_all == holds(l) ? every : some).push_back({&atom, holds(l)});
    }
    SubjectAnswer out{Solved::found, true, true, {}, {}};
    auto add = [&](const ValueDemands& demands) {
      ValueAnswer value = find_value(demands);
      if (value.kind == Solved::none) out.kind = Solved::none;
      if (value.kind == Solved::possible && out.kind == Solved::found) out.kind = Solved::possible;
      if (value.kind == Solved::possible) out.why = value.why;
      out.values.push_back(std::move(value.text));
      return out.kind != Solved::none;
    };
    if (some.empty() && !add(every)) return {};
    for (const ValueDemand& demand : some) {
      ValueDemands demands = every;
      demands.push_back(demand);
      if (!add(demands)) return {};
    }
    return out;
  }

  ValueAnswer find_value(const ValueDemands& demands) {
    bool typed = std::any_of(facts_.types.begin(), facts_.types.end(), is_typed);
    bool pure = facts_.types.size() <= 1;
    if (typed && pure) return find_sample(demands, facts_.types[0]);
    bool only_booleans = std::all_of(facts_.types.begin(), facts_.types.end(), [](Operand type) {
      return !is_typed(type) || type == Operand::boolean;
    });
    return typed && !only_booleans ? find_mixed(demands) : find_textual(demands);
  }

  ValueAnswer find_textual(const ValueDemands& demands) {
    std::vector<TextDemand> texts;
    bool open = false;
    for (const ValueDemand& demand : demands) {
      open |= demand.atom->open;
      if (!demand.atom->open)
        texts.push_back({&demand.atom->texts, demand.accepted != demand.atom->negated});
    }
    static const TextConstraint something{{text_pattern("?*")}, false};
    static const TextConstraint nothing{{TextPattern{}}, false};
    // The empty text only if there is no other.
    TextAnswer found = find_common(texts, &something, work_);
    if (found.kind == TextAnswer::Kind::none) found = find_common(texts, &nothing, work_);
    if (found.kind == TextAnswer::Kind::none) return {};
    bool sure = found.kind == TextAnswer::Kind::found && !open;
    return {sure ? Solved::found : Solved::possible, std::move(found.text),
            work_.exhausted() ? out_of_work : by_variable};
  }

  bool accepts(const ValueDemand& demand, const std::string& text) const {
    Context context = atoms_.fixed() ? *atoms_.fixed() : Context();
    context.set(facts_.name, text);
    return demand.atom->single->holds(context) == demand.accepted;
  }

  // By samples that tell all conditions of the type apart.
  ValueAnswer find_sample(const ValueDemands& demands, Operand type) {
    std::vector<std::string> operands;
    for (const ValueDemand& demand : demands)
      operands.insert(operands.end(), demand.atom->operands.begin(), demand.atom->operands.end());
    if (type == Operand::number) operands.push_back("1");
    if (type == Operand::date) operands.push_back("2026-01-01T00:00:00Z");
    bool open = std::any_of(demands.begin(), demands.end(),
                            [](const ValueDemand& demand) { return demand.atom->open; });
    for (std::string& text : sample_values(type, operands)) {
      if (!work_.spend(1 + demands.size())) return {Solved::possible, text, out_of_work};
      bool fits = std::all_of(demands.begin(), demands.end(), [&](const ValueDemand& demand) {
        return demand.atom->open || accepts(demand, text);
      });
      if (fits) return {open ? Solved::possible : Solved::found, std::move(text), by_variable};
    }
    return {};
  }

  // Each type by itself must be possible; a value that is right for all is only tried for.
  ValueAnswer find_mixed(const ValueDemands& demands) {
    std::vector<std::string> tries;
    for (Operand type : facts_.types) {
      ValueDemands of_type;
      std::vector<std::string> operands;
      for (const ValueDemand& demand : demands)
        if (demand.atom->type == type) of_type.push_back(demand);
      for (const ValueDemand& demand : of_type)
        operands.insert(operands.end(), demand.atom->operands.begin(), demand.atom->operands.end());
      if (is_typed(type)) {
        for (std::string& text : sample_values(type, operands)) tries.push_back(std::move(text));
        continue;
      }
      ValueAnswer found = find_textual(of_type);
      if (found.kind == Solved::none) return {};
      tries.push_back(std::move(found.text));
    }
    for (std::string& text : tries) {
      bool fits = std::all_of(demands.begin(), demands.end(), [&](const ValueDemand& demand) {
        const Atom& atom = *demand.atom;
        return !atom.open && atom.texts.open.empty() && accepts(demand, text);
      });
      if (fits) return {Solved::found, std::move(text), ""};
    }
    return {Solved::possible, "x", by_mixture};
  }

  const Atoms& atoms_;
  const KeyFacts& facts_;
  const std::vector<Literal>& literals_;
  Work& work_;
};

}  // namespace

SubjectAnswer solve_text_subject(const Atoms& atoms, Subject subject,
                                 const std::vector<Literal>& literals, Work& work,
                                 const TextConstraint* extra) {
  std::vector<TextDemand> demands;
  for (Literal l : literals) demands.push_back({&atoms.at(atom_of(l)).texts, holds(l)});
  TextSet also;
  if (extra) {
    also.inside = *extra;
    demands.push_back({&also, true});
  }
  bool action = subject == action_subject;
  TextAnswer found = find_common(demands, action ? &all_actions() : &all_resources(), work, action);
  if (found.kind == TextAnswer::Kind::none) return {};
  bool sure = found.kind == TextAnswer::Kind::found;
  return {sure ? Solved::found : Solved::possible,
          true,
          false,
          {std::move(found.text)},
          sure               ? ""
          : work.exhausted() ? out_of_work
                             : by_variable};
}

SubjectAnswer solve_key(const Atoms& atoms, Subject subject, const std::vector<Literal>& literals,
                        Work& work) {
  return KeySolver(atoms, subject, literals, work).solve();
}

}  // namespace mainstay::policy::proofs
