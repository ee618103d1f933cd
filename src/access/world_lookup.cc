// Finding principals and resources in a World.
#include <algorithm>
#include <array>

#include "access/world.hh"
#include "base/text.hh"
#include "wire/arn.hh"

namespace mainstay::access {
namespace {

// Services whose resources control policies reach. Source: Organizations user guide, "Resource
// control policies (RCPs)", its list of supported services.
constexpr std::array rcp_services{
    "s3",       "sts", "kms",  "sqs",         "secretsmanager",  "logs",
    "dynamodb", "ecr", "aoss", "cognito-idp", "cognito-identity"};

// "o-abc/r-def/ou-ghi/", as aws:PrincipalOrgPaths has it.
std::string path_in(const Organization& organization, const std::string& account) {
  std::string path = organization.id + "/";
  for (const Unit* unit : organization.way_to(account))
    if (unit->id != account) path += unit->id + "/";
  return path;
}

}  // namespace

Actor World::bare_actor(policy::Principal principal, std::string arn) const {
  Actor actor;
  principal.add_keys(actor.keys);
  actor.principal = std::move(principal);
  actor.arn = std::move(arn);
  return actor;
}

void World::place(Actor& actor, const Account* account) const {
  actor.account = account;
  const std::string& id = actor.principal.account;
  if (actor.principal.canonical_id.empty()) actor.principal.canonical_id = canonical_id(id);
  if (!snapshot_.organization) return;
  const Organization& organization = *snapshot_.organization;
  std::vector<const Unit*> way = organization.way_to(id);
  if (way.empty()) return;
  actor.keys.set("aws:PrincipalOrgID", organization.id);
  actor.keys.set_list("aws:PrincipalOrgPaths", {path_in(organization, id)});
  actor.keys.set("aws:PrincipalOrgMasterAccountId", organization.management_account);
  if (id == organization.management_account) return;
  for (const Unit* unit : way)
    actor.service_control.push_back(levels_.at(unit->id).service_control);
}

Result<Actor> World::actor_by_arn(std::string_view text) const {
  TRY(policy::Principal principal, policy::Principal::from_text(text));
  std::string name(text);
  using Kind = policy::Principal::Kind;
  Actor actor = bare_actor(principal, name);
  if (principal.account.empty()) return actor;
  auto account = accounts_.find(principal.account);
  if (account == accounts_.end()) {
    actor.assumed = true;
    if (principal.kind != Kind::root) actor.identity.push_back(allow_all_);
    place(actor, nullptr);
    return actor;
  }
  if (principal.kind == Kind::root || principal.kind == Kind::web_identity) {
    place(actor, account->second);
    return actor;
  }
  const std::string& of = principal.role_arn.empty() ? principal.arn : principal.role_arn;
  std::string kind = principal.kind == Kind::role_session ? "role" : "user";
  auto found = actors_by_name_.find(
      to_lower(principal.account + ":" + kind + "/" + of.substr(of.rfind('/') + 1)));
  if (found == actors_by_name_.end()) {
    std::vector<std::string> known;
    for (const Actor& one : actors_) known.push_back(one.arn);
    auto meant = nearest(name, known);
    return Error("PrincipalUnknown",
                 "account " + principal.account + " has no " + kind + " " + name)
        .with_hint(meant ? "did you mean " + *meant + "?" : "");
  }
  Actor whole = actors_[found->second];
  // A session keeps its own name; a role's ARN means some session of it.
  if (text.find(":assumed-role/") != std::string_view::npos) {
    std::string role = whole.entity->arn;
    whole.principal.arn = principal.arn;
    whole.principal.add_keys(whole.keys);
    whole.arn = name;
  }
  return whole;
}

Result<Actor> World::actor(std::string_view text) const {
  if (text.starts_with("arn:") || is_account_id(text) || text == "*" ||
      text.ends_with(".amazonaws.com"))
    return actor_by_arn(text);
  // "role/NAME", perhaps with the account before it.
  std::vector<std::string> known, found;
  bool with_account = text.size() > 13 && text[12] == ':' && is_account_id(text.substr(0, 12));
  for (const Actor& one : actors_) {
    if (!one.entity) continue;
    std::string name = std::string(kind_name(one.entity->kind)) + "/" + one.entity->name;
    if (with_account) name = one.account->id + ":" + name;
    if (equals_ignoring_case(name, text)) found.push_back(one.arn);
    known.push_back(std::move(name));
  }
  if (found.size() == 1) return actor_by_arn(found[0]);
  if (found.size() > 1)
    return Error("PrincipalAmbiguous", "\"" + std::string(text) + "\" is in several accounts")
        .with_hint("write one of them: " + join(found, ", "));
  auto meant = nearest(text, known);
  return Error("PrincipalUnknown", "no account of the snapshot has \"" + std::string(text) + "\"")
      .with_hint(meant
                     ? "did you mean " + *meant + "?"
                     : "write an ARN, role/NAME, user/NAME, ACCOUNT:role/NAME, an account's id, a "
                       "service's name, or \"*\" for anyone");
}

Result<size_t> World::place_of(std::string_view text) const {
  TRY(Actor found, actor(text));
  for (size_t i = 0; i < actors_.size(); ++i)
    if (actors_[i].account == found.account && actors_[i].entity == found.entity && found.account)
      return i;
  return Error("PrincipalUnknown", "the snapshot knows nothing of " + std::string(text))
      .with_hint("name one of its users and roles");
}

void World::place(Target& target) const {
  target.keys.set("aws:ResourceAccount", target.account);
  auto arn = wire::parse_arn(target.arn);
  if (arn && !arn->region.empty()) target.keys.set("aws:RequestedRegion", arn->region);
  if (!snapshot_.organization) return;
  const Organization& organization = *snapshot_.organization;
  std::vector<const Unit*> way = organization.way_to(target.account);
  if (way.empty()) return;
  target.keys.set("aws:ResourceOrgID", organization.id);
  target.keys.set_list("aws:ResourceOrgPaths", {path_in(organization, target.account)});
  std::string service = !arn ? "" : target.role ? "sts" : arn->service;
  if (target.account == organization.management_account ||
      std::ranges::find(rcp_services, service) == rcp_services.end())
    return;
  if (target.key && target.key->manager == "AWS") return;
  for (const Unit* unit : way)
    for (const policy::Policy* policy : levels_.at(unit->id).resource_control)
      target.resource_control.push_back(policy);
}

Status World::own_policy(Target& target, const std::string& type, const std::string& name) const {
  auto held = owned_.find(name);
  if (held == owned_.end()) {
    std::vector<std::string> known;
    for (const auto& [other, owned] : owned_)
      if ((type == "bucket") == (owned.bucket != nullptr)) known.push_back(other);
    auto meant = nearest(name, known);
    return Error("ResourceUnknown", "no account of the snapshot has the " + type + " " + name)
        .with_hint(meant ? "did you mean " + *meant + "?" : "");
  }
  target.account = held->second.account->id;
  target.bucket = held->second.bucket;
  target.key = held->second.key;
  if (held->second.resource)
    for (const auto& [key, value] : held->second.resource->tags)
      target.keys.set("aws:ResourceTag/" + key, value);
  auto policy = resource_policies_.find(target.bucket ? "arn:aws:s3:::" + name : name);
  if (policy != resource_policies_.end()) target.policies.push_back(policy->second);
  return {};
}

Result<Target> World::target(std::string_view text) const {
  Target target;
  target.arn = text;
  if (text == "*") return target;
  auto parsed = wire::parse_arn(text);
  if (!parsed)
    return Error("ResourceUnknown", "\"" + std::string(text) + "\" is neither an ARN nor \"*\"");
  target.account = parsed->account;
  if (parsed->service == "s3" && parsed->account.empty() && parsed->region.empty()) {
    size_t slash = parsed->resource.find('/');
    target.object = slash != std::string::npos;
    CHECK_OK(own_policy(target, "bucket", parsed->resource.substr(0, slash)));
  } else if (parsed->service == "kms" && parsed->resource_type() == "key") {
    CHECK_OK(own_policy(target, "key", target.arn));
  } else if (parsed->service == "iam" && parsed->resource_type() == "role") {
    auto account = accounts_.find(parsed->account);
    // Roles that AWS makes by itself need not be in a snapshot to be asked about.
    bool of_aws = text.contains(":role/aws-reserved/") || text.contains(":role/aws-service-role/");
    if (account != accounts_.end() && !(of_aws && !actor_by_arn(text).has_value())) {
      TRY(Actor role, actor_by_arn(text));
      target.role = role.entity;
      auto policy = resource_policies_.find(target.role->arn);
      if (policy != resource_policies_.end()) target.policies.push_back(policy->second);
      for (const auto& [key, value] : target.role->tags)
        target.keys.set("aws:ResourceTag/" + key, value);
    }
  } else if (owned_.contains(target.arn)) {
    CHECK_OK(own_policy(target, "resource", target.arn));
  }
  place(target);
  return target;
}

const Key* World::key_of(std::string_view name, const std::string& account,
                         const std::string& region) const {
  std::string arn(name);
  if (name.starts_with("alias/")) {
    auto alias = aliases_.find(account + ":" + region + ":" + arn);
    if (alias == aliases_.end()) return nullptr;
    arn = alias->second;
  } else if (auto parsed = wire::parse_arn(name);
             parsed && std::string_view(parsed->resource).starts_with("alias/")) {
    return key_of(parsed->resource, parsed->account, parsed->region);
  } else if (!name.starts_with("arn:")) {
    arn = "arn:aws:kms:" + region + ":" + account + ":key/" + arn;
  }
  auto held = owned_.find(arn);
  return held == owned_.end() ? nullptr : held->second.key;
}

const Account* World::account_of(const Bucket& bucket) const {
  auto held = owned_.find(bucket.name);
  return held == owned_.end() ? nullptr : held->second.account;
}

const Account* World::account_of(const Key& key) const {
  auto held = owned_.find(key.arn);
  return held == owned_.end() ? nullptr : held->second.account;
}

std::string World::canonical_id(const std::string& account) const {
  auto found = accounts_.find(account);
  return found == accounts_.end() ? "" : found->second->canonical_id;
}

std::vector<std::string> World::resources() const {
  std::vector<std::string> out;
  for (const Account& account : snapshot_.accounts) {
    for (const Bucket& bucket : account.buckets) out.push_back("arn:aws:s3:::" + bucket.name);
    for (const Key& key : account.keys) out.push_back(key.arn);
    for (const Resource& resource : account.resources) out.push_back(resource.arn);
    for (const Entity& entity : account.entities)
      if (entity.kind == Entity::Kind::role) out.push_back(entity.arn);
  }
  return out;
}

}  // namespace mainstay::access
