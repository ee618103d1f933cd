#include "proofs/symbolic_search.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay::policy::proofs {
namespace {

using Found = SubjectAnswer::Kind;

constexpr size_t actions_tried_max = 64;  // in search of a witness with a resource of its kind

const char* const engine_differs = "the engine does not confirm the request that was found";

bool is_in(const std::vector<Literal>& sorted, Literal l) {
  return std::binary_search(sorted.begin(), sorted.end(), l);
}

}  // namespace

SymbolicSearch::SymbolicSearch(const SearchTask& task, const Context* fixed, Work& work)
    : task_(task), work_(work), atoms_(task.principal, fixed) {
  before_ = atoms_.side(task.before);
  after_ = atoms_.side(task.after);
  auto texts = [](const std::vector<Clause>& clauses) {
    std::set<Literals> out;
    for (const Clause& clause : clauses) out.insert(clause.literals);
    return out;
  };
  near_allows_.emplace(atoms_, before_.allows);
  near_denials_.emplace(atoms_, after_.denies);
  near_old_denials_.emplace(atoms_, before_.denies);
  std::set<Literals> old_denials = texts(before_.denies), new_denials = texts(after_.denies);
  if (std::includes(new_denials.begin(), new_denials.end(), old_denials.begin(), old_denials.end()))
    kept_ = texts(before_.allows);
}

// First that no allow of the old side matches, then that one of its denials does.
SearchOutcome SymbolicSearch::find(const Clause& allow) {
  outcome_ = {};
  if (kept_.contains(allow.literals)) return {};
  std::vector<Step> denials, steps;
  for (const Clause* denial : near_denials_->near(allow)) denials.push_back({denial, {}});
  steps = denials;
  for (const Clause* other : near_allows_->near(allow)) steps.push_back({other, {}});
  State state(atoms_.subjects());
  if (!start(allow, state)) return {};
  explore(state, std::move(steps));
  for (const Clause* denial : near_old_denials_->near(allow)) {
    if (outcome_.kind == Found::found) break;
    State denied = state;
    if (start(*denial, denied)) explore(std::move(denied), denials);
  }
  return std::move(outcome_);
}

bool SymbolicSearch::start(const Clause& clause, State& state) {
  for (Literal l : clause.literals) {
    if (is_assigned(state, negation(l))) return false;
    assign(state, l);
  }
  for (Literal l : clause.literals)
    if (!consistent(state, l)) return false;
  return true;
}

// Makes the clauses false one after another, each by one of its literals.
void SymbolicSearch::explore(State state, std::vector<Step> steps) {
  if (!propagate(state, steps)) return;
  if (work_.exhausted()) {
    outcome_.kind = Found::possible;
    outcome_.why = "it takes more work than is allowed";
    return;
  }
  if (steps.empty()) return finish(state);
  auto next = std::min_element(steps.begin(), steps.end(), [](const Step& a, const Step& b) {
    return a.choices.size() < b.choices.size();
  });
  Literals choices = next->choices;
  steps.erase(next);
  for (Literal l : choices) {
    if (!consistent(state, l)) continue;
    State chosen = state;
    assign(chosen, l);
    explore(std::move(chosen), steps);
    // From here on the other choices are for requests of which this one is not true.
    if (outcome_.kind == Found::found || !consistent(state, negation(l))) return;
    assign(state, negation(l));
  }
}

// Drops the clauses that are false by now and assigns what is left as the only choice of others.
// False if a clause can't be made false any more.
bool SymbolicSearch::propagate(State& state, std::vector<Step>& steps) {
  // A clause all of whose literals are assigned, before anything is computed.
  for (const Step& step : steps)
    if (std::all_of(step.clause->literals.begin(), step.clause->literals.end(),
                    [&](Literal l) { return is_assigned(state, l); }))
      return false;
  for (bool changed = true; changed && !work_.exhausted();) {
    changed = false;
    std::vector<Step> left;
    for (Step& step : steps) {
      if (!still_open(state, step)) continue;
      if (step.choices.empty()) return false;
      if (step.choices.size() > 1) {
        left.push_back(std::move(step));
        continue;
      }
      assign(state, step.choices[0]);
      changed = true;
    }
    steps = std::move(left);
  }
  return true;
}

bool SymbolicSearch::still_open(const State& state, Step& step) {
  step.choices.clear();
  for (Literal l : step.clause->literals)
    if (is_assigned(state, negation(l))) return false;
  for (Literal l : step.clause->literals) {
    if (is_assigned(state, l)) continue;
    if (!consistent(state, negation(l))) continue;
    if (!consistent(state, l)) return false;
    step.choices.push_back(negation(l));
  }
  return true;
}

bool SymbolicSearch::is_assigned(const State& state, Literal l) const {
  return is_in(state[atoms_.at(atom_of(l)).subject], l);
}

void SymbolicSearch::assign(State& state, Literal l) const {
  Literals& of = state[atoms_.at(atom_of(l)).subject];
  auto at = std::lower_bound(of.begin(), of.end(), l);
  if (at == of.end() || *at != l) of.insert(at, l);
}

bool SymbolicSearch::consistent(const State& state, Literal l) {
  Subject subject = atoms_.at(atom_of(l)).subject;
  const Literals& known = state[subject];
  if (is_in(known, negation(l))) return false;
  Literals all = known;
  auto at = std::lower_bound(all.begin(), all.end(), l);
  if (at == all.end() || *at != l) all.insert(at, l);
  return solve(subject, all).kind != Found::none;
}

const SubjectAnswer& SymbolicSearch::solve(Subject subject, const Literals& literals) {
  if (literals.empty()) {
    free_.resize(atoms_.subjects());
    SubjectAnswer& answer = free_[subject];
    if (answer.kind == Found::none)
      answer = subject < first_key_subject ? solve_text_subject(atoms_, subject, literals, work_)
                                           : solve_key(atoms_, subject, literals, work_);
    return answer;
  }
  work_.spend(1 + literals.size());
  auto [it, fresh] = solved_.try_emplace(literals);
  if (!fresh) return it->second;
  if (subject == action_subject && task_.options.only_known_actions)
    it->second = known_action(literals);
  else if (subject < first_key_subject)
    it->second = solve_text_subject(atoms_, subject, literals, work_);
  else
    it->second = solve_key(atoms_, subject, literals, work_);
  return it->second;
}

// Which of the real actions an atom holds for.
const std::vector<bool>& SymbolicSearch::known_actions_of(size_t atom) {
  auto [it, fresh] = known_actions_.try_emplace(atom);
  if (!fresh) return it->second;
  it->second.resize(task_.options.actions->size());
  for (const Glob& glob : atoms_.at(atom).globs) task_.options.actions->mark(glob, it->second);
  return it->second;
}

SubjectAnswer SymbolicSearch::known_action(const Literals& literals) {
  auto names = known_actions(literals, 1);
  if (names.empty()) return {};
  return {Found::found, true, false, std::move(names), {}};
}

std::vector<std::string> SymbolicSearch::known_actions(const Literals& literals, size_t count) {
  std::vector<std::string> out;
  if (!task_.options.actions) return out;
  std::vector<const std::vector<bool>*> marks;
  for (Literal l : literals) marks.push_back(&known_actions_of(atom_of(l)));
  for (size_t i = 0; i < task_.options.actions->size() && out.size() < count; ++i) {
    bool fits = true;
    for (size_t at = 0; at < marks.size() && fits; ++at)
      fits = (*marks[at])[i] == holds(literals[at]);
    if (fits) out.push_back(task_.options.actions->name(i));
  }
  return out;
}

void SymbolicSearch::finish(const State& state) {
  Request request;
  request.principal = task_.principal;
  for (Subject subject = 0; subject < state.size(); ++subject) {
    const SubjectAnswer& answer = solve(subject, state[subject]);
    if (answer.kind == Found::possible) {
      outcome_ = {Found::possible, {}, answer.why, false};
      return;
    }
    if (subject == action_subject) {
      request.action = answer.values[0];
    } else if (subject == resource_subject) {
      request.resource = answer.values[0];
    } else if (answer.present) {
      const std::string& key = atoms_.keys()[subject - first_key_subject].name;
      if (answer.list)
        request.context.set_list(key, answer.values);
      else
        request.context.set(key, answer.values[0]);
    }
  }
  if (!confirmed(request)) {
    outcome_ = {Found::possible, {}, engine_differs, false};
    return;
  }
  outcome_ = {Found::found, std::move(request), {}, false};
  make_real(outcome_, state);
}

bool SymbolicSearch::confirmed(const Request& request) const {
  return allows(task_.after, request) && !allows(task_.before, request);
}

// The same with a real action and a resource of its kind, where there is one: first one whose parts
// have neither colons nor stars that reach over them.
void SymbolicSearch::make_real(SearchOutcome& outcome, const State& state) {
  std::vector<std::string> actions = known_actions(state[action_subject], actions_tried_max);
  if (actions.empty()) actions.push_back(outcome.request.action);
  for (bool strict : {true, false})
    for (const std::string& action : actions) {
      Request better = outcome.request;
      better.action = action;
      if (!with_real_resource(better, state, strict)) continue;
      outcome.request = std::move(better);
      outcome.real = strict;
      return;
    }
  outcome.request.action = actions[0];
}

bool SymbolicSearch::with_real_resource(Request& request, const State& state, bool strict) {
  std::vector<std::string> forms = {"arn:aws:*:us-east-1:123456789012:*", "arn:aws:*:::*"};
  if (task_.options.resources) {
    forms = task_.options.resources(request.action);
    if (forms.empty()) forms.push_back("*");
  }
  for (const std::string& form : forms) {
    TextConstraint extra;
    // A resource of "*" is that text; any other star stands for at least one byte.
    if (form == "*")
      extra.any.push_back({{TextStep::Kind::byte, '*'}});
    else
      extra.any = arn_text_pattern(Glob(replace_all(form, "*", "?*")), strict);
    SubjectAnswer resource =
        solve_text_subject(atoms_, resource_subject, state[resource_subject], work_, &extra);
    if (resource.kind != Found::found) continue;
    request.resource = resource.values[0];
    if (confirmed(request)) return true;
  }
  return false;
}

}  // namespace mainstay::policy::proofs
