// Pairs of AWS-managed policies (from the embedded data) compared symbolically: every "more" has a
// witness that the engine confirms, every "no more" survives random requests made of the two
// documents' own words. Prints the table of answers.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>

#include "actions/action_table.hh"
#include "base/json.hh"
#include "base/random.hh"
#include "base/text.hh"
#include "data/archive.hh"
#include "proofs/symbolic.hh"

using namespace mainstay;
using policy::Policy;
using policy::proofs::Answer;

namespace {

using Names = std::vector<std::string>;
using PolicyPtr = std::shared_ptr<const Policy>;

constexpr int requests_per_proof = 100'000 / MAINSTAY_TRIES_DIVISOR;
constexpr size_t pairs_count = 50;  // each compared both ways

Names all_policy_names() {
  Value rows = parse_json(data::read("managed-policies").value()).value();
  Names out;
  for (const Value& row : rows.items()) out.push_back(row["PolicyName"].as_string());
  std::sort(out.begin(), out.end());
  return out;
}

PolicyPtr managed_policy(const std::string& name) {
  auto text = data::read("managed-policies/" + name);
  REQUIRE_MESSAGE(text.has_value(), name);
  return Policy::parse(name, *text, policy::Kind::identity).value();
}

using Pair = std::pair<std::string, std::string>;

// A service's full access beside its read-only one, and those that everybody uses.
std::vector<Pair> pairs_to_compare() {
  std::vector<Pair> out = {{"AdministratorAccess", "PowerUserAccess"},
                           {"PowerUserAccess", "ReadOnlyAccess"},
                           {"ReadOnlyAccess", "ViewOnlyAccess"},
                           {"ReadOnlyAccess", "SecurityAudit"},
                           {"AmazonElasticMapReduceRole", "AmazonEMRServicePolicy_v2"}};
  Names names = all_policy_names();
  constexpr std::string_view full = "FullAccess";
  for (const std::string& name : names) {
    if (!name.ends_with(full) || out.size() == pairs_count) continue;
    std::string other = name.substr(0, name.size() - full.size()) + "ReadOnlyAccess";
    if (std::binary_search(names.begin(), names.end(), other)) out.emplace_back(name, other);
  }
  return out;
}

// Requests made of what two policies name, and a little beside it.
class RequestMaker {
 public:
  RequestMaker(const Policy& a, const Policy& b, const actions::ActionTable& table, Random& random)
      : random_(random) {
    for (const Policy* policy : {&a, &b})
      for (const auto& statement : policy->document().statements) add(statement, table);
    std::sort(actions_.begin(), actions_.end());
    actions_.erase(std::unique(actions_.begin(), actions_.end()), actions_.end());
  }

  policy::Request make() {
    policy::Request out;
    out.principal = policy::Principal::from_text("arn:aws:iam::123456789012:user/ann").value();
    out.action = pick(actions_);
    out.resource = filled(pick(resources_));
    if (out.resource.empty()) out.resource = "*";
    for (const auto& [key, values] : values_)
      if (random_.below(3) != 0) out.context.set(key, filled(pick(values)));
    for (const auto& [key, values] : lists_) {
      Names some;
      for (size_t n = random_.below(3); n > 0; --n) some.push_back(filled(pick(values)));
      out.context.set_list(key, some);
    }
    return out;
  }

 private:
  const std::string& pick(const Names& from) { return from[random_.below(from.size())]; }

  void add(const policy::Statement& statement, const actions::ActionTable& table) {
    for (const std::string& pattern : statement.actions) {
      auto known = table.matching(pattern);
      for (size_t n = std::min<size_t>(known.size(), 40); n > 0; --n)
        actions_.push_back(known[random_.below(known.size())]->name);
      actions_.push_back(replace_all(pattern, "*", "s:X"));
    }
    resources_.insert(resources_.end(), statement.resources.begin(), statement.resources.end());
    resources_.push_back("arn:aws:s3:::other/x");
    for (const policy::Condition& condition : statement.conditions) {
      bool list = condition.quantifier != policy::Quantifier::none;
      Names& values = list ? lists_[condition.key] : values_[condition.key];
      values.insert(values.end(), condition.values.begin(), condition.values.end());
      if (policy::operand_of(condition.op) <= policy::Operand::text) values.push_back("other");
    }
  }

  std::string filled(std::string text) {
    static const std::array<std::string, 4> fillings = {"x", "", "a/b", "12"};
    text = replace_all(text, "*", fillings[random_.below(fillings.size())]);
    return replace_all(text, "${aws:PrincipalAccount}", "123456789012");
  }

  Random& random_;
  Names actions_, resources_;
  std::map<std::string, Names> values_, lists_;
};

bool engine_allows(const Policy& policy, const policy::Request& request) {
  policy::Policies policies;
  policies.identity = {&policy};
  return policy::decide(request, policies).allowed();
}

void check_proof(const Policy& before, const Policy& after, const actions::ActionTable& table,
                 Random& random) {
  RequestMaker maker(before, after, table, random);
  for (int i = 0; i < requests_per_proof; ++i) {
    policy::Request request = maker.make();
    if (!engine_allows(after, request)) continue;
    INFO(request.action << " on " << request.resource);
    REQUIRE(engine_allows(before, request));
  }
}

std::string told(const policy::proofs::Comparison& comparison) {
  if (comparison.answer == Answer::no_more) return "no more";
  if (comparison.answer == Answer::undecided) return "undecided: " + comparison.reason;
  const policy::Request& request = comparison.witnesses[0].request;
  std::string out = "more: " + request.action + " on " + request.resource;
  for (const auto& entry : request.context.entries())
    out += ", " + entry.key + "=" + join(entry.values, ",");
  return out;
}

}  // namespace

TEST_CASE("access: each AWS-managed policy and the next one, compared both ways") {
  Names names = all_policy_names();
  CHECK(names.size() > 1000);
  PolicyPtr last = managed_policy(names.back());
  for (size_t i = 0; i < names.size(); i += MAINSTAY_TRIES_DIVISOR) {
    const std::string& name = names[i];
    INFO(name);
    PolicyPtr next = managed_policy(name);
    for (auto [a, b] : {std::pair(last.get(), next.get()), std::pair(next.get(), last.get())}) {
      policy::proofs::Comparison comparison = policy::proofs::compare({a}, {b});
      CHECK(comparison.answer != Answer::undecided);
      if (comparison.answer != Answer::more) continue;
      CHECK(engine_allows(*b, comparison.witnesses[0].request));
      CHECK_FALSE(engine_allows(*a, comparison.witnesses[0].request));
    }
    CHECK(policy::proofs::compare({next.get()}, {next.get()}).answer == Answer::no_more);
    last = next;
  }
}

TEST_CASE("access: pairs of AWS-managed policies, compared") {
  actions::ActionTable table;
  Names actions;
  for (const auto* action : table.matching("*")) actions.push_back(action->name);
  policy::proofs::KnownActions known(std::move(actions));
  policy::proofs::SymbolicOptions options;
  options.actions = &known;
  options.resources = [&](std::string_view name) {
    const actions::Action* action = table.find(name);
    return action ? actions::resource_globs(*action, "123456789012", "us-east-1") : Names();
  };
  Random random(3);
  std::map<Answer, int> count;
  std::string rows;
  auto compare_one = [&](const std::string& before, const std::string& after) {
    PolicyPtr a = managed_policy(before), b = managed_policy(after);
    auto start = std::chrono::steady_clock::now();
    policy::proofs::Comparison comparison = policy::proofs::compare({a.get()}, {b.get()}, options);
    auto took = std::chrono::steady_clock::now() - start;
    ++count[comparison.answer];
    rows += "\n" + before + " -> " + after + " (" +
            std::to_string(took / std::chrono::microseconds(1)) + " us): " + told(comparison);
    if (comparison.answer == Answer::no_more) check_proof(*a, *b, table, random);
    if (comparison.answer != Answer::more) return;
    const policy::Request& request = comparison.witnesses[0].request;
    CHECK(engine_allows(*b, request));
    CHECK_FALSE(engine_allows(*a, request));
  };
  for (const auto& [one, other] : pairs_to_compare()) {
    compare_one(one, other);
    compare_one(other, one);
  }
  MESSAGE(rows);
  CHECK(count[Answer::no_more] + count[Answer::more] + count[Answer::undecided] == 100);
  CHECK(count[Answer::no_more] >= 10);
  CHECK(count[Answer::undecided] <= 2);
}
