#include "stacks/access_gain.hh"

#include <algorithm>

#include "stacks/network_gain.hh"
#include "stacks/policy_holdings.hh"

namespace mainstay::stacks {
namespace {

constexpr size_t gains_of_holder_max = 10;

std::vector<std::string> sorted_texts(const Holding& holding) {
  std::vector<std::string> out;
  for (const HeldPolicy& held : holding.policies) out.push_back(held.text);
  std::ranges::sort(out);
  return out;
}

policy::PolicyList understood(const Holding& holding) {
  policy::PolicyList out;
  for (const HeldPolicy& held : holding.policies)
    if (held.policy) out.push_back(held.policy.get());
  return out;
}

std::vector<std::string> principals_of(const policy::Statement& statement) {
  std::vector<std::string> out;
  if (!statement.principals) return out;
  const policy::Principals& p = *statement.principals;
  if (p.everyone) out.push_back("*");
  for (const auto* list : {&p.aws, &p.service, &p.federated, &p.canonical})
    out.insert(out.end(), list->begin(), list->end());
  if (statement.not_principal) out.insert(out.begin(), "all but");
  return out;
}

// Those of `all` that are not in `known`; all, where none is left.
std::vector<std::string> new_ones(const std::vector<std::string>& all,
                                  const std::vector<std::string>& known) {
  std::vector<std::string> out;
  for (const std::string& one : all)
    if (std::ranges::find(known, one) == known.end()) out.push_back(one);
  return out.empty() ? all : out;
}

// Whom documents name already.
std::vector<std::string> known_principals(const policy::PolicyList& before) {
  std::vector<std::string> out;
  for (const policy::Policy* policy : before)
    for (const policy::Statement& old : policy->document().statements)
      if (old.effect == policy::Effect::allow && !old.not_principal)
        for (std::string& one : principals_of(old)) out.push_back(std::move(one));
  return out;
}

// What was allowed before on resources that the statement names too.
std::vector<std::string> had_on(const policy::PolicyList& before,
                                const policy::Statement& statement) {
  std::vector<std::string> out;
  for (const policy::Policy* policy : before)
    for (const policy::Statement& old : policy->document().statements) {
      bool shares = std::ranges::any_of(old.resources, [&](const std::string& resource) {
        return std::ranges::find(statement.resources, resource) != statement.resources.end();
      });
      if (old.effect == policy::Effect::allow && shares && !old.not_action)
        out.insert(out.end(), old.actions.begin(), old.actions.end());
    }
  return out;
}

class HolderComparison {
 public:
  HolderComparison(const std::string& holder, policy::Kind kind, const Holding& before,
                   const Holding& after, const Knowledge& knowledge)
      : holder_(holder), kind_(kind), before_(before), after_(after), knowledge_(knowledge) {}

  std::vector<AccessGain> gains() {
    if (sorted_texts(before_) == sorted_texts(after_)) return boundary_gains();
    for (const HeldPolicy& held : after_.policies) not_understood(held, before_);
    for (const HeldPolicy& held : before_.policies) not_understood(held, after_);
    policy::proofs::SymbolicOptions options =
        knowledge_.policy_options ? knowledge_.policy_options() : policy::proofs::SymbolicOptions();
    options.witnesses_max = gains_of_holder_max;
    policy::PolicyList before = understood(before_);
    auto compared = policy::proofs::compare(before, understood(after_), options);
    for (const policy::proofs::Witness& witness : compared.witnesses) proved(witness, before);
    if (compared.answer == policy::proofs::Answer::undecided) undecided(compared.reason);
    for (AccessGain& gain : boundary_gains()) gains_.push_back(std::move(gain));
    return std::move(gains_);
  }

 private:
  AccessGain gain(const cfn::ResolvedResource* from) const {
    AccessGain out;
    out.holder = holder_;
    if (kind_ == policy::Kind::trust) out.kind = AccessGain::Kind::trust;
    out.bounded_by = after_.boundary;
    if (from) out.logical_id = from->id;
    if (from) out.at = from->at;
    return out;
  }

  const cfn::ResolvedResource* source_of(const policy::Policy* policy) const {
    for (const HeldPolicy& held : after_.policies)
      if (held.policy.get() == policy) return held.from;
    return nullptr;
  }

  void proved(const policy::proofs::Witness& witness, const policy::PolicyList& before) {
    AccessGain out = gain(source_of(witness.allowed_by));
    const policy::Statement& statement = witness.rule->statement();
    out.had = had_on(before, statement);
    out.actions = statement.not_action ? statement.actions : new_ones(statement.actions, out.had);
    if (statement.not_action) out.actions.insert(out.actions.begin(), "all but");
    bool trust = out.kind == AccessGain::Kind::trust;
    if (!trust) out.resources = statement.resources;
    if (statement.not_resource) out.resources.insert(out.resources.begin(), "all but");
    out.principals = principals_of(statement);
    if (trust && !statement.not_principal)
      out.principals = new_ones(out.principals, known_principals(before));
    const policy::Request& request = witness.request;
    if (!out.principals.empty()) out.example = request.principal.arn + ": ";
    out.example += request.action;
    if (!trust) out.example += " on " + request.resource;
    gains_.push_back(std::move(out));
  }

  // What stays, understood or not, gives nothing new. What goes may have been a denial.
  void not_understood(const HeldPolicy& held, const Holding& other) {
    auto there = std::ranges::find(other.policies, held.text, &HeldPolicy::text);
    if (held.policy || there != other.policies.end()) return;
    AccessGain out = gain(held.from);
    out.unproven = held.problem;
    gains_.push_back(std::move(out));
  }

  void undecided(const std::string& reason) {
    AccessGain out = gain(after_.policies.empty() ? nullptr : after_.policies[0].from);
    out.unproven = reason;
    gains_.push_back(std::move(out));
  }

  std::vector<AccessGain> boundary_gains() const {
    if (before_.boundary.empty() || before_.boundary == after_.boundary) return {};
    AccessGain out = gain(after_.policies.empty() ? nullptr : after_.policies[0].from);
    out.unproven = after_.boundary.empty()
                       ? "it is no longer bounded by " + before_.boundary
                       : "it was bounded by " + before_.boundary + ", which is not compared";
    return {out};
  }

  const std::string& holder_;
  policy::Kind kind_;
  const Holding &before_, &after_;
  const Knowledge& knowledge_;
  std::vector<AccessGain> gains_;
};

}  // namespace

bool may_give_access(const std::string& type) {
  static constexpr std::string_view others[] = {
      "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::VPCEndpoint",
      "AWS::KMS::Key", "AWS::Lambda::Permission"};
  return type.starts_with("AWS::IAM::") || type.ends_with("Policy") ||
         std::ranges::find(others, type) != std::end(others);
}

std::vector<AccessGain> access_gains(const std::vector<cfn::ResolvedResource>& before,
                                     const std::vector<cfn::ResolvedResource>& after,
                                     const Knowledge& knowledge) {
  Holdings old = policy_holdings(before, knowledge);
  Holdings now = policy_holdings(after, knowledge);
  std::vector<AccessGain> out;
  for (const auto& [key, holding] : now) {
    HolderComparison comparison(key.first, key.second, old[key], holding, knowledge);
    for (AccessGain& gain : comparison.gains()) out.push_back(std::move(gain));
  }
  for (AccessGain& gain : network_gains(before, after)) out.push_back(std::move(gain));
  return out;
}

}  // namespace mainstay::stacks
