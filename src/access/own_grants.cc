#include "access/own_grants.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay::access {

OwnGrants::OwnGrants(const Actor& actor, const std::string& action)
    : all_(actor.principal.kind == policy::Principal::Kind::root) {
  std::string lower = to_lower(action);
  for (const policy::Policy* policy : actor.identity)
    for (const policy::Rule& rule : policy->rules())
      if (rule.allows() && rule.covers_action(lower)) rules_.push_back(&rule);
}

bool OwnGrants::could(const std::string& resource, const policy::Context& context) const {
  return all_ || std::ranges::any_of(rules_, [&](const policy::Rule* rule) {
           return has_variables(*rule) || rule->covers_resource(resource, context);
         });
}

NarrowedActor::NarrowedActor(const Actor& actor, const std::string& action) : actor_(actor) {
  policy::Request request;
  request.principal = actor.principal;
  request.action = action;
  actor_.identity = narrowed(actor.identity, request);
  actor_.boundary = narrowed(actor.boundary, request);
  for (policy::PolicyList& level : actor_.service_control) level = narrowed(level, request);
}

// Every condition is left for the question itself.
policy::PolicyList NarrowedActor::narrowed(const policy::PolicyList& list,
                                           const policy::Request& request) {
  policy::PolicyList out;
  for (const policy::Policy* policy : list) {
    std::vector<std::string> keys;
    for (const policy::Rule& rule : policy->rules())
      for (const policy::Test& test : rule.tests()) keys.push_back(test.key());
    kept_.push_back(policy->narrowed(request, keys));
    out.push_back(kept_.back().get());
  }
  return out;
}

bool has_variables(const policy::Rule& rule) {
  auto of_condition = [](const policy::Condition& condition) {
    return std::ranges::any_of(condition.values,
                               [](const std::string& text) { return text.contains("${"); });
  };
  return std::ranges::any_of(rule.statement().conditions, of_condition) ||
         std::ranges::any_of(rule.resources(), [](const policy::ResourcePattern& one) {
           return one.pattern().has_variables();
         });
}

bool has_rules_of_its_own(const World& world, const Target& target) {
  if (target.key) return !target.key->grants.empty();
  if (!target.bucket) return false;
  const Bucket& bucket = *target.bucket;
  return bucket.ownership != "BucketOwnerEnforced" || bucket.public_access_block.restrict_buckets ||
         world.account_of(bucket)->public_access_block.restrict_buckets;
}

}  // namespace mainstay::access
