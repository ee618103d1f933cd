#include "proofs/symbolic_atoms.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay::policy::proofs {
namespace {

std::string joined_sorted(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return join(texts, "\n");
}

std::string identity_of(const Condition& c, bool variables) {
  std::string values = joined_sorted(c.values);
  return "c\n" + c.operator_text() + "\n" + to_lower(c.key) + "\n" + (variables ? "v\n" : "\n") +
         values;
}

bool is_textual(Operand type) {
  return type == Operand::text || type == Operand::arn || type == Operand::binary;
}

// A policy variable in a pattern that ArnLike reads may bring colons and so move the segments.
TextPattern anything() {
  return text_pattern("*");
}

}  // namespace

Side Atoms::side(const PolicyList& policies) {
  Side out;
  for (const Policy* policy : policies)
    for (const Rule& rule : policy->rules()) {
      if (rule.reaches(principal_) == Reach::none) continue;
      (rule.allows() ? out.allows : out.denies).push_back(clause(*policy, rule));
    }
  return out;
}

Clause Atoms::clause(const Policy& policy, const Rule& rule) {
  const Statement& statement = rule.statement();
  bool variables = policy.document().has_variables();
  Clause out{&policy, &rule, {}};
  out.literals.push_back(literal(action_atom(rule), !statement.not_action));
  out.literals.push_back(literal(resource_atom(rule, variables), !statement.not_resource));
  for (const Condition& condition : statement.conditions) {
    if (condition.op == Operator::null)
      add_presence(condition, out);
    else
      out.literals.push_back(literal(condition_atom(condition, variables), true));
  }
  std::sort(out.literals.begin(), out.literals.end());
  out.literals.erase(std::unique(out.literals.begin(), out.literals.end()), out.literals.end());
  return out;
}

size_t Atoms::action_atom(const Rule& rule) {
  std::vector<std::string> names;
  for (const Glob& glob : rule.actions()) names.push_back(glob.to_string());
  auto [it, fresh] = by_text_.emplace("a\n" + joined_sorted(names), atoms_.size());
  if (!fresh) return it->second;
  Atom& atom = atoms_.emplace_back();
  atom.globs = rule.actions();
  for (const Glob& glob : rule.actions()) atom.texts.add(text_pattern(glob));
  return it->second;
}

size_t Atoms::resource_atom(const Rule& rule, bool variables) {
  std::string texts = joined_sorted(rule.statement().resources);
  bool open = variables && texts.contains("${");
  auto [it, fresh] = by_text_.emplace((open ? "v\n" : "r\n") + texts, atoms_.size());
  if (!fresh) return it->second;
  Atom& atom = atoms_.emplace_back();
  atom.subject = resource_subject;
  for (const ResourcePattern& resource : rule.resources())
    add_pattern(atom.texts, resource.pattern(), resource.by_segment(), false);
  return it->second;
}

// Null is an atom of its own: whether the key is missing.
void Atoms::add_presence(const Condition& condition, Clause& out) {
  bool wants_missing = false, wants_present = false;
  for (const std::string& value : condition.values)
    (parse_boolean(value).value_or(false) ? wants_missing : wants_present) = true;
  if (wants_missing && wants_present) return;
  Condition missing = condition;
  missing.values = {"true"};
  size_t atom = condition_atom(missing, false);
  if (wants_missing || !wants_present) out.literals.push_back(literal(atom, true));
  if (!wants_missing) out.literals.push_back(literal(atom, false));
}

size_t Atoms::condition_atom(const Condition& condition, bool variables) {
  bool open = std::any_of(condition.values.begin(), condition.values.end(),
                          [](const std::string& value) { return value.contains("${"); });
  auto [it, fresh] = by_text_.emplace(identity_of(condition, variables && open), atoms_.size());
  if (!fresh) return it->second;
  size_t made = it->second;
  Subject subject = key_subject(condition.key);
  Atom& atom = atoms_.emplace_back();
  atom.subject = subject;
  atom.test.emplace(condition, variables);
  atom.type = operand_of(condition.op);
  atom.quantifier = condition.quantifier;
  atom.if_exists = condition.if_exists;
  atom.negated = is_negated(condition.op);
  KeyFacts& facts = keys_[subject - first_key_subject];
  facts.may_be_list |= atom.quantifier != Quantifier::none;
  bool known = std::find(facts.types.begin(), facts.types.end(), atom.type) != facts.types.end();
  if (!known && atom.type != Operand::presence) facts.types.push_back(atom.type);
  if (atom.type != Operand::presence) add_values(atom, condition, variables);
  return made;
}

// The operands, with the variables' values where they are fixed. An operand whose variable has no
// value, or one of the wrong type, matches nothing and is left out.
void Atoms::add_values(Atom& atom, const Condition& condition, bool variables) {
  Condition single = condition;
  single.quantifier = Quantifier::none;
  single.if_exists = false;
  single.values.clear();
  auto wildcards = reads_wildcards(condition.op) ? Pattern::Wildcards::yes : Pattern::Wildcards::no;
  for (const std::string& text : condition.values) {
    Pattern pattern(text, wildcards, variables ? 0 : std::string::npos);
    if (ignores_case(condition.op)) pattern.fold_case();
    note_variables(pattern);
    if (is_textual(atom.type)) {
      add_pattern(atom.texts, pattern, atom.type == Operand::arn, ignores_case(condition.op));
      single.values.push_back(text);
      continue;
    }
    std::string operand = text;
    if (pattern.has_variables()) {
      if (!fixed_) {
        atom.open = true;
        continue;
      }
      auto resolved = pattern.resolve(*fixed_);
      if (!resolved || !resolved->is_literal()) continue;
      operand = resolved->pieces()[0].text;
      if (operand_fault(condition.op, operand)) continue;
    }
    atom.operands.push_back(operand);
    single.values.push_back(operand);
    if (atom.type == Operand::boolean) atom.texts.add(text_pattern(Glob(to_lower(operand)), true));
  }
  atom.single.emplace(single, is_textual(atom.type) && variables);
}

void Atoms::add_pattern(TextSet& to, const Pattern& pattern, bool by_segment, bool fold_case) {
  note_variables(pattern);
  auto add_glob = [&](const Glob& glob) {
    if (!by_segment) return to.add(text_pattern(glob, fold_case));
    for (TextPattern& one : arn_text_pattern(glob)) to.add(std::move(one));
  };
  if (!pattern.has_variables()) return add_glob(pattern.fixed());
  if (fixed_) {
    if (auto resolved = pattern.resolve(*fixed_)) add_glob(*resolved);
    return;
  }
  OpenPattern open;
  TextPattern symbolic = symbols_.pattern(pattern, fold_case);
  for (const TextStep& step : symbolic)
    open.identity +=
        std::to_string(static_cast<int>(step.kind)) + "." + std::to_string(step.value) + " ";
  open.identity += by_segment ? "s" : "";
  if (by_segment) {
    open.relaxed.any.push_back(anything());
  } else {
    open.symbolic = std::move(symbolic);
    open.relaxed.any.push_back(text_pattern(pattern.relaxed(), fold_case));
  }
  to.open.push_back(std::move(open));
}

void Atoms::note_variables(const Pattern& pattern) {
  for (const Pattern::Part& part : pattern.parts()) {
    if (!part.variable) continue;
    key_subject(part.text);
    if (std::find(variables_.begin(), variables_.end(), part.text) == variables_.end())
      variables_.push_back(part.text);
  }
}

Subject Atoms::key_subject(const std::string& name) {
  std::string lower = to_lower(name);
  auto [it, fresh] = by_key_.emplace(lower, first_key_subject + keys_.size());
  if (fresh) keys_.push_back({lower, lower, false, {}});
  std::string& written = keys_[it->second - first_key_subject].written;
  if (written == lower) written = name;
  return it->second;
}

}  // namespace mainstay::policy::proofs
