#include "proofs/symbolic.hh"

#include <algorithm>

#include "base/text.hh"
#include "base/value.hh"
#include "proofs/symbolic_principals.hh"
#include "proofs/symbolic_search.hh"
#include "proofs/symbolic_variables.hh"

namespace mainstay::policy::proofs {
namespace {

using Outcome = SubjectAnswer::Kind;

bool names_principals(const PolicyList& policies) {
  return std::any_of(policies.begin(), policies.end(), [](const Policy* policy) {
    const auto& statements = policy->document().statements;
    return std::any_of(statements.begin(), statements.end(),
                       [](const Statement& s) { return s.principals.has_value(); });
  });
}

// Whether a request is the same in what a rule asks of it.
bool applies(const Rule& rule, const Request& request, std::string_view lower_action) {
  return rule.covers_action(lower_action) && rule.reaches(request.principal) != Reach::none &&
         rule.covers_resource(request.resource, request.context) &&
         !rule.failing_test(request.context);
}

// One search for each statement of the new side that allows; where variables stand in the way of a
// certain answer, the search again with values for them.
class CompareRun {
 public:
  CompareRun(const SearchTask& task, Work& work, Comparison& out)
      : task_(task), work_(work), out_(out), search_(task, nullptr, work) {}

  void run() {
    for (size_t i = 0; i < search_.after().allows.size(); ++i) {
      if (out_.witnesses.size() >= task_.options.witnesses_max) return;
      const Clause& allow = search_.after().allows[i];
      if (is_reported(allow)) continue;
      SearchOutcome outcome = search_.find(allow);
      if (outcome.kind == Outcome::possible) outcome = with_values(i, std::move(outcome));
      if (outcome.kind == Outcome::found)
        (outcome.real ? out_.witnesses : unreal_)
            .push_back({std::move(outcome.request), spelling(), allow.policy, allow.rule});
      if (outcome.kind == Outcome::possible && out_.reason.empty())
        out_.reason = place_of(allow) + ": " + outcome.why;
    }
    // Requests that no service makes, only where there are no better ones.
    for (Witness& witness : unreal_)
      if (out_.witnesses.size() < task_.options.witnesses_max)
        out_.witnesses.push_back(std::move(witness));
  }

 private:
  bool is_reported(const Clause& allow) const {
    return std::any_of(out_.witnesses.begin(), out_.witnesses.end(),
                       [&](const Witness& witness) { return witness.rule == allow.rule; });
  }

  Spelling spelling() const {
    Spelling out;
    for (const KeyFacts& key : search_.atoms().keys()) out[key.name] = key.written;
    return out;
  }

  SearchOutcome with_values(size_t allow, SearchOutcome possible) {
    const auto& variables = search_.atoms().variables();
    if (variables.empty()) return possible;
    SearchOutcome outcome = try_values(allow, plain_values(variables));
    if (outcome.kind == Outcome::found) return outcome;
    if (values_.empty()) values_ = variable_values(task_.before, task_.after, variables);
    outcome = try_values(allow, values_);
    return outcome.kind == Outcome::found ? outcome : possible;
  }

  SearchOutcome try_values(size_t allow, const std::vector<Context>& values) {
    for (const Context& value : values) {
      if (work_.exhausted()) break;
      SymbolicSearch search(task_, &value, work_);
      SearchOutcome outcome = search.find(search.after().allows[allow]);
      if (outcome.kind == Outcome::found) return outcome;
    }
    return {};
  }

  static std::string place_of(const Clause& clause) {
    const auto& statements = clause.policy->document().statements;
    auto index = &clause.rule->statement() - statements.data();
    std::string sid = clause.rule->statement().sid;
    return "Statement[" + std::to_string(index) + "]" + (sid.empty() ? "" : " (" + sid + ")") +
           " of " + clause.policy->name();
  }

  const SearchTask& task_;
  Work& work_;
  Comparison& out_;
  SymbolicSearch search_;
  std::vector<Witness> unreal_;
  std::vector<Context> values_;
};

Statement allow_statement() {
  Statement out;
  out.effect = Effect::allow;
  out.actions = {"*"};
  out.resources = {"*"};
  return out;
}

// The question as a comparison: with a document that allows all that may be allowed.
Result<Comparison> compare_with(std::vector<Statement> statements, const PolicyList& policies,
                                const SymbolicOptions& options) {
  Document document;
  document.version = "2012-10-17";
  document.statements = std::move(statements);
  auto checked = from_value(to_value(document), Kind::identity);
  if (!checked.has_value()) {
    Error error("InvalidArgument", checked.error().message);
    return std::move(error).with_hint("actions are \"service:name\", resources ARNs or \"*\"");
  }
  Policy permitted("what may be allowed", std::move(*checked));
  return compare({&permitted}, policies, options);
}

}  // namespace

bool allows(const PolicyList& policies, const Request& request) {
  std::string action = to_lower(request.action);
  bool allowed = false;
  for (const Policy* policy : policies)
    for (const Rule& rule : policy->rules()) {
      if (allowed && rule.allows()) continue;
      if (!applies(rule, request, action)) continue;
      if (!rule.allows()) return false;
      allowed = true;
    }
  return allowed;
}

Comparison compare(const PolicyList& before, const PolicyList& after,
                   const SymbolicOptions& options) {
  Comparison out;
  Work work(options.work_max);
  std::vector<Principal> principals = {any_user()};
  if (names_principals(before) || names_principals(after))
    principals = distinct_principals(before, after);
  for (const Principal& principal : principals) {
    SearchTask task{before, after, principal, options};
    CompareRun(task, work, out).run();
    if (out.witnesses.size() >= options.witnesses_max) break;
  }
  out.answer = !out.witnesses.empty() ? Answer::more
               : out.reason.empty()   ? Answer::no_more
                                      : Answer::undecided;
  if (out.answer == Answer::more) out.reason.clear();
  return out;
}

Result<Comparison> never(const PolicyList& policies, const std::vector<std::string>& actions,
                         const std::vector<std::string>& but_on, const SymbolicOptions& options) {
  std::vector<Statement> statements(1, allow_statement());
  statements[0].actions = actions;
  statements[0].not_action = true;
  if (!but_on.empty()) {
    statements.push_back(allow_statement());
    statements[1].resources = but_on;
  }
  return compare_with(std::move(statements), policies, options);
}

Result<Comparison> only_on(const PolicyList& policies, const std::vector<std::string>& resources,
                           const SymbolicOptions& options) {
  std::vector<Statement> statements(1, allow_statement());
  statements[0].resources = resources;
  return compare_with(std::move(statements), policies, options);
}

}  // namespace mainstay::policy::proofs
