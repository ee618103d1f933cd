#include "access/answer.hh"

#include <algorithm>

#include "access/answer_value.hh"
#include "actions/action_table.hh"
#include "base/text.hh"

namespace mainstay::access {
namespace {

// Actions that a role's trust policy decides. Source: Service Authorization Reference, AWS STS.
constexpr std::string_view role_actions_prefix = "sts:";

void lay_over(policy::Context& under, const policy::Context& over) {
  for (const policy::Context::Entry& entry : over.entries()) {
    if (entry.multivalued || entry.values.size() != 1)
      under.set_list(entry.key, entry.values);
    else
      under.set(entry.key, entry.values[0]);
  }
}

bool constrained(const KeyGrant& grant, const policy::Context& context) {
  for (const auto& [name, wanted] : grant.constraints.members()) {
    for (const auto& [key, value] : wanted.members()) {
      const policy::Context::Entry* entry = context.find("kms:EncryptionContext:" + key);
      if (!entry || entry->values != std::vector<std::string>{value.as_string()}) return true;
    }
  }
  return false;
}

// "Grants in AWS KMS": a grant allows its grantee the operations it names.
void apply_grants(const Key& key, const policy::Request& request, policy::Policies& policies) {
  if (!request.action.starts_with("kms:")) return;
  std::string operation = request.action.substr(4);
  const policy::Principal& who = request.principal;
  for (const KeyGrant& grant : key.grants) {
    bool is_grantee = grant.grantee == who.arn || grant.grantee == who.role_arn;
    bool covers = std::ranges::any_of(grant.operations, [&](const std::string& one) {
      return equals_ignoring_case(one, operation);
    });
    if (!is_grantee || !covers || constrained(grant, request.context)) continue;
    policies.other_grant = policy::Reach::direct;
    policies.other_grant_name = "grant " + grant.id.substr(0, 8) + " on the key";
    return;
  }
}

// Reserved for AWS: IAM Identity Center's roles, service-linked roles but for what makes and ends
// them, AWS's own policies and aliases ("IAM identifiers", "Using service-linked roles", IAM user
// guide; CreateAlias, KMS API reference).
struct Reserved {
  std::string_view infix, except;
};
constexpr Reserved reserved[] = {{":role/aws-reserved/", ""},
                                 {":role/aws-service-role/", "servicelinkedrole"},
                                 {":iam::aws:policy/", ""},
                                 {":alias/aws/", ""}};

bool is_change(const std::string& action) {
  static const actions::ActionTable table;
  const actions::Action* found = table.find(action);
  return found && found->level != actions::Level::read && found->level != actions::Level::list;
}

// Attaching and detaching name the policy, and are decided about by it, but change who gets it.
bool only_names_policy(const std::string& action) {
  std::string lower = to_lower(action);
  return lower.starts_with("iam:attach") || lower.starts_with("iam:detach");
}

}  // namespace

std::optional<OwnRule> rule_of_aws(const std::string& action, const Target& target) {
  std::string lower = to_lower(action);
  if (lower == "sts:getcalleridentity" || lower == "sts:getsessiontoken")
    return OwnRule{true, "AWS, which asks no permission for it"};
  for (const Reserved& one : reserved) {
    if (!target.arn.contains(one.infix) || only_names_policy(action)) continue;
    // Service-linked roles may be passed to their service (Auto Scaling's, with a suffix).
    bool excepted = !one.except.empty() && (lower.contains(one.except) || lower == "iam:passrole");
    if (excepted || !is_change(action)) continue;
    return OwnRule{false, "AWS reserves that name for itself: nobody makes, changes or passes it"};
  }
  return std::nullopt;
}

policy::Request request_of(const Actor& actor, const std::string& action, const Target& target,
                           const policy::Context& context) {
  policy::Request request;
  request.principal = actor.principal;
  request.action = action;
  request.resource = target.arn;
  // AWS's own policies are everyone's.
  request.resource_account = target.account == "aws" ? actor.principal.account : target.account;
  request.context = actor.keys;
  lay_over(request.context, target.keys);
  request.context.set("aws:SecureTransport", "true");
  request.context.set("aws:ViaAWSService", "false");
  if (target.bucket && !target.bucket->region.empty())
    request.context.set("aws:RequestedRegion", target.bucket->region);
  lay_over(request.context, context);
  return request;
}

policy::Policies policies_of(const Actor& actor, const Target& target,
                             const policy::Request& request) {
  policy::Policies policies;
  policies.identity = actor.identity;
  policies.boundary = actor.boundary;
  policies.service_control = actor.service_control;
  bool assumes = target.role && request.action.starts_with(role_actions_prefix);
  if (!target.role || assumes) {
    policies.resource = target.policies;
    policies.resource_control = target.resource_control;
  }
  policies.resource_must_allow = target.key || assumes;
  if (target.key) apply_grants(*target.key, request, policies);
  return policies;
}

bool Answer::allowed() const {
  return !refusing();
}

const Step* Answer::refusing() const {
  auto step = std::ranges::find_if(steps, [](const Step& one) { return !one.allowed(); });
  return step == steps.end() ? nullptr : &*step;
}

std::string reason(const Step& step) {
  if (!step.refusal.empty()) return step.refusal;
  const policy::Decision& decision = step.decision;
  std::string kind = policy::kind_name(decision.layer);
  if (decision.policy) {
    std::string verb = decision.allowed() ? "allowed by " : "denied by ";
    return verb + "\"" + decision.policy->name() + "\", statement " +
           statement_label(*decision.policy, *decision.rule) + ", " +
           (kind.starts_with('i') ? "an " : "a ") + kind;
  }
  if (decision.allowed()) return "allowed by " + decision.by;
  return "no " + kind + " allows it" + (step.remark.empty() ? "" : "; " + step.remark);
}

}  // namespace mainstay::access
