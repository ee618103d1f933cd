// Making a World: compiling what a snapshot has.
#include "access/world.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "wire/arn.hh"

namespace mainstay::access {
namespace {

constexpr const char* allow_all_text =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})";
constexpr const char* deny_all_text =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}})";

Error invalid(const std::string& name, const Error& error) {
  return Error("SnapshotInvalid", name + ": " + error.message);
}

std::string title_of(const Entity& entity) {
  return std::string(kind_name(entity.kind)) + "/" + entity.name;
}

std::string key_title(const Key& key) {
  return "policy of key " + key.arn.substr(key.arn.rfind('/') + 1);
}

std::string actor_key(const std::string& account, const Entity& entity) {
  return to_lower(account + ":" + title_of(entity));
}

}  // namespace

Result<std::shared_ptr<const World>> World::make(Snapshot snapshot, const ManagedPolicies& aws) {
  std::shared_ptr<World> world(new World);
  world->snapshot_ = std::move(snapshot);
  CHECK_OK(world->compile(aws));
  return std::shared_ptr<const World>(std::move(world));
}

Status World::compile(const ManagedPolicies& aws) {
  TRY(Value everything, parse_json(allow_all_text));
  TRY(allow_all_,
      compiled("assumed: its own account allows it", everything, policy::Kind::identity));
  CHECK_OK(compile_organization());
  for (const Account& account : snapshot_.accounts) accounts_.emplace(account.id, &account);
  for (const Account& account : snapshot_.accounts) {
    CHECK_OK(compile_resources(account));
    CHECK_OK(compile_account(account, aws));
  }
  return {};
}

Result<const policy::Policy*> World::compiled(const std::string& name, const Value& document,
                                              policy::Kind kind) {
  auto parsed = policy::from_value(document, kind);
  if (!parsed) return invalid(name, parsed.error());
  kept_.push_back(std::make_shared<const policy::Policy>(name, std::move(*parsed)));
  return kept_.back().get();
}

Status World::compile_organization() {
  if (!snapshot_.organization) return {};
  for (const Unit& unit : snapshot_.organization->units) {
    Level& level = levels_[unit.id];
    for (const NamedPolicy& one : unit.service_control) {
      TRY(const policy::Policy* policy,
          compiled(one.name + " at " + unit.id, one.document, policy::Kind::service_control));
      level.service_control.push_back(policy);
    }
    for (const NamedPolicy& one : unit.resource_control) {
      TRY(const policy::Policy* policy,
          compiled(one.name + " at " + unit.id, one.document, policy::Kind::resource_control));
      level.resource_control.push_back(policy);
    }
  }
  return {};
}

Status World::compile_resources(const Account& account) {
  auto keep = [&](const std::string& arn, const std::string& name, const Value& document,
                  policy::Kind kind) -> Status {
    if (document.is_null()) return {};
    TRY(resource_policies_[arn], compiled(name, document, kind));
    return {};
  };
  for (const Bucket& bucket : account.buckets) {
    owned_[bucket.name] = {&account, &bucket};
    CHECK_OK(keep("arn:aws:s3:::" + bucket.name, "policy of bucket " + bucket.name, bucket.policy,
                  policy::Kind::resource));
  }
  for (const Key& key : account.keys) {
    owned_[key.arn] = {&account, nullptr, &key};
    TRY(wire::Arn arn, wire::parse_arn(key.arn));
    for (const std::string& alias : key.aliases)
      aliases_[account.id + ":" + arn.region + ":" + alias] = key.arn;
    CHECK_OK(keep(key.arn, key_title(key), key.policy, policy::Kind::resource));
  }
  for (const Resource& resource : account.resources) {
    owned_[resource.arn] = {&account, nullptr, nullptr, &resource};
    CHECK_OK(
        keep(resource.arn, "policy of " + resource.arn, resource.policy, policy::Kind::resource));
  }
  for (const Entity& entity : account.entities)
    CHECK_OK(
        keep(entity.arn, "trust policy of " + title_of(entity), entity.trust, policy::Kind::trust));
  return {};
}

Result<const policy::Policy*> World::managed(const Account& account, const std::string& arn,
                                             policy::Kind kind, const ManagedPolicies& aws) {
  std::string id = account.id + " " + std::to_string(static_cast<int>(kind)) + " " + arn;
  if (auto kept = managed_.find(id); kept != managed_.end()) return kept->second;
  auto held = std::ranges::find(account.policies, arn, &NamedPolicy::name);
  Value document;
  if (held != account.policies.end()) {
    document = held->document;
  } else if (arn.find(":iam::aws:policy/") != std::string::npos && aws) {
    auto text = aws(arn);
    if (!text) unknown_policies_.insert(arn);
    if (!text && kind == policy::Kind::identity) return nullptr;
    TRY(document, parse_json(text ? *text : std::string(deny_all_text)));
  } else {
    return Error("SnapshotInvalid", "account " + account.id + " lacks the policy " + arn)
        .with_hint("it is named as attached; give it under the account's \"policies\"");
  }
  TRY(const policy::Policy* policy, compiled(arn, document, kind));
  managed_[id] = policy;
  return policy;
}

Status World::add_entity_policies(const Account& account, const Entity& entity,
                                  const ManagedPolicies& aws, policy::PolicyList& out) {
  for (const NamedPolicy& one : entity.inline_policies) {
    TRY(const policy::Policy* policy, compiled("policy " + one.name + " of " + title_of(entity),
                                               one.document, policy::Kind::identity));
    out.push_back(policy);
  }
  for (const std::string& arn : entity.attached) {
    TRY(const policy::Policy* policy, managed(account, arn, policy::Kind::identity, aws));
    if (policy) out.push_back(policy);
  }
  return {};
}

Status World::compile_account(const Account& account, const ManagedPolicies& aws) {
  TRY(policy::Principal root, policy::Principal::from_text(account.id));
  Actor actor = bare_actor(root, root.arn);
  place(actor, &account);
  actors_.push_back(std::move(actor));
  std::map<std::string, policy::PolicyList> groups;
  for (const Entity& entity : account.entities)
    if (entity.kind == Entity::Kind::group)
      CHECK_OK(add_entity_policies(account, entity, aws, groups[entity.name]));
  for (const Entity& entity : account.entities) {
    if (entity.kind == Entity::Kind::group) continue;
    CHECK_OK(add_actor(account, entity, aws));
    for (const std::string& group : entity.groups) {
      auto found = groups.find(group);
      if (found == groups.end())
        return Error("SnapshotInvalid", "account " + account.id + ": " + title_of(entity) +
                                            " is in a group \"" + group + "\" that is not there");
      policy::PolicyList& identity = actors_.back().identity;
      identity.insert(identity.end(), found->second.begin(), found->second.end());
    }
  }
  return {};
}

Status World::add_actor(const Account& account, const Entity& entity, const ManagedPolicies& aws) {
  TRY(policy::Principal principal, policy::Principal::from_text(entity.arn));
  principal.unique_id = entity.unique_id;
  principal.canonical_id = canonical_id(account.id);
  Actor actor = bare_actor(std::move(principal), entity.arn);
  actor.entity = &entity;
  for (const auto& [key, value] : entity.tags) actor.keys.set("aws:PrincipalTag/" + key, value);
  place(actor, &account);
  // "Service-linked roles": no control policy limits them.
  if (entity.arn.find(":role/aws-service-role/") != std::string::npos)
    actor.service_control.clear();
  CHECK_OK(add_entity_policies(account, entity, aws, actor.identity));
  if (!entity.boundary.empty()) {
    TRY(const policy::Policy* boundary,
        managed(account, entity.boundary, policy::Kind::boundary, aws));
    actor.boundary.push_back(boundary);
  }
  actors_by_name_[actor_key(account.id, entity)] = actors_.size();
  actors_.push_back(std::move(actor));
  return {};
}

}  // namespace mainstay::access
